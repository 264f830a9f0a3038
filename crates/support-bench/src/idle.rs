//! `idle`: what a connection costs that is in a room and says nothing.

use std::time::Duration;

use tokio::time::sleep;

use crate::cli;
use crate::client::Transport;
use crate::crowd::Crowd;
use crate::desk::{Desk, Person, token};
use crate::failure::{Failure, Result};
use crate::process::Memory;
use crate::statistics::cell;
use crate::table::Table;

/// How often the memory is looked at until it rests.
const INTERVAL: Duration = Duration::from_millis(250);
/// What still counts as rest, in KiB.
const REST: u32 = 16;
/// After how many looks it is taken as it is.
const MOST_LOOKS: u32 = 40;

/// The memory of a server: before its connections, with them, after they have left, and with as many again.
struct Sample {
    before: Memory,
    with: Memory,
    after: Memory,
    again: Memory,
}

/// Measures and prints.
pub(crate) async fn run(load: &cli::Idle, runs: u32) -> Result<()> {
    println!(
        "{} idle connections, {} to a room, after {} others; resident memory of the server, without that of the\n\
         kernel for its sockets.\n",
        load.connections, load.room, load.warm_up
    );
    let waves = format!("{} waves later MiB", load.waves);
    let mut table = Table::new(&[
        "transport",
        "before MiB",
        "with MiB",
        "after MiB",
        &waves,
        "KiB each",
        "allocated KiB each",
    ]);
    for transport in load.transport.each() {
        let mut samples = Vec::new();
        for _ in 0..runs {
            samples.push(sample(load, *transport).await?);
        }
        let mib = |of: fn(&Sample) -> Memory| {
            cell(samples.iter().map(|sample| f64::from(of(sample).resident) / 1_024.0))
        };
        let each = |of: fn(Memory) -> u32| {
            let growth = |sample: &Sample| f64::from(of(sample.with)) - f64::from(of(sample.before));
            cell(samples.iter().map(|sample| growth(sample) / f64::from(load.connections)))
        };
        table.row(
            transport.name(),
            [
                mib(|sample| sample.before),
                mib(|sample| sample.with),
                mib(|sample| sample.after),
                mib(|sample| sample.again),
                each(|memory| memory.resident),
                each(|memory| memory.anonymous),
            ],
        );
    }
    println!("{table}");
    Ok(())
}

async fn sample(load: &cli::Idle, transport: Transport) -> Result<Sample> {
    let desk = Desk::start()?;
    let people = people(&desk, load)?;
    let (first, second) = people.split_at(usize::try_from(load.warm_up)?);
    let warm_up = Crowd::seat(transport, desk.address, first.to_vec()).await?;
    let before = at_rest(&desk).await?;
    let crowd = Crowd::seat(transport, desk.address, second.to_vec()).await?;
    let with = at_rest(&desk).await?;
    leave(crowd, &desk, load.warm_up).await?;
    let after = at_rest(&desk).await?;
    let mut again = after;
    for _ in 0..load.waves {
        let crowd = Crowd::seat(transport, desk.address, second.to_vec()).await?;
        again = at_rest(&desk).await?;
        leave(crowd, &desk, load.warm_up).await?;
    }
    warm_up.leave()?;
    desk.stop()?;
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
async fn leave(crowd: Crowd, desk: &Desk, others: u32) -> Result<()> {
    crowd.leave()?;
    for _ in 0..MOST_LOOKS {
        if desk.sessions()? <= others {
            return Ok(());
        }
        sleep(INTERVAL).await;
    }
    Err(Failure::new("the server keeps connections that are gone"))
}

/// The memory once it does not change any more.
async fn at_rest(desk: &Desk) -> Result<Memory> {
    let mut memory = desk.memory()?;
    for _ in 0..MOST_LOOKS {
        sleep(INTERVAL).await;
        let now = desk.memory()?;
        let change = now.resident.abs_diff(memory.resident);
        memory = now;
        if change <= REST {
            break;
        }
    }
    Ok(memory)
}
