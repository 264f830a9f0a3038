//! `idle`: what a connection costs that is in a room and says nothing.

use crate::cli;
use crate::client::Transport;
use crate::crowd::Crowd;
use crate::desk::{Desk, Person, token};
use crate::failure::Result;
use crate::process::Memory;
use crate::statistics::cell;
use crate::table::Table;
use crate::target::Target;

/// The memory of a server: before its connections, with them, after they have left, and with as many again.
struct Sample {
    before: Memory,
    with: Memory,
    after: Memory,
    again: Memory,
}

impl Sample {
    /// The growth from before to with, for each of so many connections, in KiB.
    fn each(&self, connections: u32, of: fn(Memory) -> u32) -> f64 {
        (f64::from(of(self.with)) - f64::from(of(self.before))) / f64::from(connections)
    }
}

/// Measures and prints.
pub(crate) async fn run(load: &cli::Idle, runs: u32) -> Result<()> {
    println!(
        "{} idle connections, {} to a room, after {} others; resident memory of the server, without that of the\n\
         kernel for its sockets. Ratios to a bare server on actix-ws in the same run, whose clients are all in\n\
         one room.\n",
        load.connections, load.room, load.warm_up
    );
    // Runs take turns, so that all find the machine in the same states.
    let transports: Vec<Transport> =
        load.transport.each().iter().copied().chain([Transport::ActixWs]).collect();
    let mut samples: Vec<Vec<Sample>> = transports.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        for (transport, samples) in transports.iter().zip(&mut samples) {
            samples.push(sample(load, *transport).await?);
        }
    }
    println!("{}", table(load, &transports, &samples));
    Ok(())
}

fn table(load: &cli::Idle, transports: &[Transport], samples: &[Vec<Sample>]) -> Table {
    let waves = format!("{} waves later MiB", load.waves);
    let headings =
        ["", "before MiB", "with MiB", "after MiB", &waves, "KiB each", "allocated KiB each", "ratio"];
    let mut table = Table::new(&headings);
    let bare = samples.last().map_or(&[][..], Vec::as_slice);
    for (transport, samples) in transports.iter().zip(samples) {
        let mib = |of: fn(&Sample) -> Memory| {
            cell(samples.iter().map(|sample| f64::from(of(sample).resident) / 1_024.0))
        };
        let each = |of| samples.iter().map(move |sample| sample.each(load.connections, of));
        let resident = |memory: Memory| memory.resident;
        let ratio = each(resident)
            .zip(bare.iter().map(|sample| sample.each(load.connections, resident)))
            .map(|(ours, bare)| ours / bare);
        table.row(
            transport.name(),
            [
                mib(|sample| sample.before),
                mib(|sample| sample.with),
                mib(|sample| sample.after),
                mib(|sample| sample.again),
                cell(each(resident)),
                cell(each(|memory| memory.anonymous)),
                cell(ratio),
            ],
        );
    }
    table
}

async fn sample(load: &cli::Idle, transport: Transport) -> Result<Sample> {
    let target = Target::start(transport, &[])?;
    let people = match &target {
        Target::Desk(desk) => people(desk, load)?,
        Target::Actix(_) => Person::nobody(load.warm_up + load.connections)?,
    };
    let (first, second) = people.split_at(usize::try_from(load.warm_up)?);
    let warm_up = Crowd::seat(transport, target.address(), first.to_vec()).await?;
    let before = target.memory_at_rest().await?;
    let crowd = Crowd::seat(transport, target.address(), second.to_vec()).await?;
    let with = target.memory_at_rest().await?;
    leave(crowd, &target, load.warm_up).await?;
    let after = target.memory_at_rest().await?;
    let mut again = after;
    for _ in 0..load.waves {
        let crowd = Crowd::seat(transport, target.address(), second.to_vec()).await?;
        again = target.memory_at_rest().await?;
        leave(crowd, &target, load.warm_up).await?;
    }
    warm_up.leave()?;
    target.stop()?;
    Ok(Sample { before, with, after, again })
}

/// Administrators, who may enter any room, each with a token of their own.
fn people(desk: &Desk, load: &cli::Idle) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    let mut ticket = String::new();
    for number in 0..load.warm_up + load.connections {
        if number.is_multiple_of(load.room) {
            ticket = desk.customer(number)?.ticket;
        }
        people.push(Person { token: token("admin", number), ticket: ticket.clone() });
    }
    Ok(people)
}

/// Hangs up and waits until the server has noticed that only so many are left.
async fn leave(crowd: Crowd, target: &Target, others: u32) -> Result<()> {
    crowd.leave()?;
    target.has_at_most(others).await
}
