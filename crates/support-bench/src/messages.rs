//! `messages`: durable messages a second over each transport, against HTTP.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::cli;
use crate::client::Transport;
use crate::desk::{Desk, Person};
use crate::failure::{Failure, Result};
use crate::process::cpu;
use crate::sender::Sender;
use crate::statistics::{cell, percentile};
use crate::table::Table;

/// Messages of each client before those that are measured.
const WARM_UP: u32 = 2;
/// Passing it is a hang, not slowness.
const DEADLINE: Duration = Duration::from_mins(5);
/// HTTP, which the others are measured against, and two transports.
const WAYS: [Option<Transport>; 3] = [None, Some(Transport::Plain), Some(Transport::SocketIo)];

/// One way in one run.
#[derive(Clone, Debug, Default)]
struct Sample {
    messages: u32,
    time: Duration,
    /// Processor time of the server.
    cpu: Duration,
    /// From each request to its answer, in milliseconds.
    waits: Vec<f64>,
}

impl Sample {
    fn messages_per_second(&self) -> f64 {
        f64::from(self.messages) / self.time.as_secs_f64()
    }

    fn cpu_milliseconds(&self) -> f64 {
        self.cpu.as_secs_f64() * 1_000.0 / f64::from(self.messages)
    }

    fn wait(&self, percent: usize) -> f64 {
        percentile(&self.waits, percent).unwrap_or_default()
    }
}

/// Measures and prints.
pub(crate) async fn run(load: &cli::Messages, runs: u32) -> Result<()> {
    println!(
        "{} clients, each with {} messages over each way into a ticket of its own, one after the other; each message\n\
         is durable before it is answered. Ratios to HTTP in the same run.\n",
        load.clients,
        load.each * load.rounds
    );
    let mut all = Vec::new();
    for _ in 0..runs {
        all.push(sample(load).await?);
    }
    let headings = ["", "messages a second", "ratio", "p50 ms", "p99 ms", "server CPU ms each"];
    let mut table = Table::new(&headings);
    for (at, way) in WAYS.iter().enumerate() {
        let figures = |of: fn(&Sample) -> f64| cell(all.iter().filter_map(|run| run.get(at)).map(of));
        let ratio = all
            .iter()
            .filter_map(|run| Some(run.get(at)?.messages_per_second() / run.first()?.messages_per_second()));
        table.row(
            way.map_or("HTTP", Transport::name),
            [
                figures(Sample::messages_per_second),
                cell(ratio),
                figures(|sample| sample.wait(50)),
                figures(|sample| sample.wait(99)),
                figures(Sample::cpu_milliseconds),
            ],
        );
    }
    println!("{table}");
    Ok(())
}

/// All ways on one server, in turns. In the order of [`WAYS`].
async fn sample(load: &cli::Messages) -> Result<[Sample; WAYS.len()]> {
    let desk = Desk::start()?;
    let people: Vec<Person> = (0..load.clients).map(|number| desk.customer(number)).collect::<Result<_>>()?;
    let mut samples: [Sample; WAYS.len()] = Default::default();
    for _ in 0..load.rounds {
        for (way, sample) in WAYS.iter().zip(&mut samples) {
            measure(&desk, &people, *way, load.each, sample).await?;
        }
    }
    desk.stop()?;
    Ok(samples)
}

/// One round over one way, on connections of its own.
async fn measure(
    desk: &Desk,
    people: &[Person],
    way: Option<Transport>,
    messages: u32,
    sample: &mut Sample,
) -> Result<()> {
    let mut senders = Vec::new();
    for person in people {
        senders.push(match way {
            None => Sender::http(desk.address, person).await?,
            Some(transport) => Sender::live(transport, desk.address, person).await?,
        });
    }
    let (senders, _) = all_send(senders, WARM_UP).await?;
    let (start, before) = (Instant::now(), cpu(desk.pid)?);
    let (_, waits) = all_send(senders, messages).await?;
    sample.time += start.elapsed();
    sample.cpu += cpu(desk.pid)?.saturating_sub(before);
    sample.messages += u32::try_from(waits.len())?;
    sample.waits.extend(waits);
    Ok(())
}

/// Lets all senders send at the same time. Answers them, and how long each message took, in milliseconds.
async fn all_send(senders: Vec<Sender>, messages: u32) -> Result<(Vec<Sender>, Vec<f64>)> {
    let mut tasks = JoinSet::new();
    for sender in senders {
        tasks.spawn(send(sender, messages));
    }
    let (mut senders, mut all) = (Vec::new(), Vec::new());
    let wait = async {
        while let Some(ended) = tasks.join_next().await {
            let (sender, waits) = ended??;
            senders.push(sender);
            all.extend(waits);
        }
        Ok(())
    };
    let done: Result<()> =
        timeout(DEADLINE, wait).await.unwrap_or_else(|_| Err(Failure::new("messages got stuck")));
    done?;
    Ok((senders, all))
}

/// One sender, whose ticket nobody else writes into.
async fn send(mut sender: Sender, messages: u32) -> Result<(Sender, Vec<f64>)> {
    let mut waits = Vec::new();
    let mut last = None;
    for _ in 0..messages {
        let start = Instant::now();
        let sequence = sender.send().await?;
        waits.push(start.elapsed().as_secs_f64() * 1_000.0);
        if last.is_some_and(|last| sequence != last + 1) {
            return Err(Failure::new(format!("message {sequence} follows {last:?}")));
        }
        last = Some(sequence);
    }
    Ok((sender, waits))
}
