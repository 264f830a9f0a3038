//! `logins`: what others notice of wrong passwords, and whether the right one is heard.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::cli;
use crate::client::{Exchange, request};
use crate::desk::{Desk, Person};
use crate::failure::{Failure, Result};
use crate::statistics::{cell, percentile};
use crate::table::Table;

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery staple";
/// How often each client reads.
const PACE: Duration = Duration::from_millis(10);
/// How often the right person logs in.
const RIGHT: Duration = Duration::from_secs(1);
/// Passing it is a hang, not slowness.
const DEADLINE: Duration = Duration::from_mins(1);
/// The parts of a run.
const PARTS: [Part; 3] = [Part::Quiet, Part::OneAddress, Part::ManyAddresses];

/// Who guesses.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// Nobody.
    Quiet,
    /// One machine, passwords of one account.
    OneAddress,
    /// A hundred machines, each the passwords of other accounts: limits let nearly all of it through.
    ManyAddresses,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quiet => "quiet",
            Self::OneAddress => "from one address",
            Self::ManyAddresses => "from a hundred",
        })
    }
}

/// One part of one run. Times are in milliseconds.
#[derive(Clone, Debug, Default)]
struct Sample {
    reads: Vec<f64>,
    right: Vec<f64>,
    heard: u32,
    refused: u32,
    turned_away: u32,
}

impl Sample {
    fn read(&self, percent: usize) -> f64 {
        percentile(&self.reads, percent).unwrap_or_default()
    }
}

/// Measures and prints.
pub(crate) async fn run(load: &cli::Logins, runs: u32) -> Result<()> {
    println!(
        "{} clients read a ticket every {} ms while {} wrong passwords come in a minute, for {} s; somebody logs in every\n\
         second from an address of their own, and must get in. Ratios to the quiet part of the same run.\n",
        load.clients,
        PACE.as_millis(),
        load.rate,
        load.seconds
    );
    let mut all = Vec::new();
    for _ in 0..runs {
        all.push(sample(load).await?);
    }
    let headings =
        ["", "read p50 ms", "ratio", "read p99 ms", "ratio", "login p50 ms", "heard", "429", "503"];
    let mut table = Table::new(&headings);
    for (at, part) in PARTS.iter().enumerate() {
        let figures = |of: &dyn Fn(&Sample) -> f64| cell(all.iter().filter_map(|run| run.get(at)).map(of));
        let ratio = |percent: usize| {
            let of =
                |run: &[Sample; PARTS.len()]| Some(run.get(at)?.read(percent) / run.first()?.read(percent));
            cell(all.iter().filter_map(of))
        };
        table.row(
            &part.to_string(),
            [
                figures(&|sample| sample.read(50)),
                ratio(50),
                figures(&|sample| sample.read(99)),
                ratio(99),
                figures(&|sample| percentile(&sample.right, 50).unwrap_or_default()),
                figures(&|sample| f64::from(sample.heard)),
                figures(&|sample| f64::from(sample.refused)),
                figures(&|sample| f64::from(sample.turned_away)),
            ],
        );
    }
    println!("{table}");
    Ok(())
}

/// All parts on one server. In the order of [`PARTS`].
async fn sample(load: &cli::Logins) -> Result<[Sample; PARTS.len()]> {
    let desk = Desk::start_limited()?;
    desk.account(EMAIL, PASSWORD)?;
    let reader = desk.customer(1)?;
    let mut samples: [Sample; PARTS.len()] = Default::default();
    for (part, sample) in PARTS.iter().zip(&mut samples) {
        *sample = measure(&desk, &reader, load, *part).await?;
    }
    desk.stop()?;
    Ok(samples)
}

/// What one task has seen.
enum Seen {
    Reads(Vec<f64>),
    Right(Vec<f64>),
    Guess(u16),
}

async fn measure(desk: &Desk, reader: &Person, load: &cli::Logins, part: Part) -> Result<Sample> {
    let end = Instant::now() + Duration::from_secs(load.seconds.into());
    let mut tasks: JoinSet<Result<Seen>> = JoinSet::new();
    for _ in 0..load.clients {
        tasks.spawn(read(desk.address, reader.clone(), end));
    }
    tasks.spawn(log_in(desk.address, end));
    if !matches!(part, Part::Quiet) {
        let mut ticks = interval(Duration::from_mins(1) / load.rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut number = 0;
        while Instant::now() < end {
            ticks.tick().await;
            tasks.spawn(guess(desk.address, part, number));
            number += 1;
        }
    }
    let mut sample = Sample::default();
    while let Some(ended) = tasks.join_next().await {
        match ended?? {
            Seen::Reads(times) => sample.reads.extend(times),
            Seen::Right(times) => sample.right.extend(times),
            Seen::Guess(401) => sample.heard += 1,
            Seen::Guess(429) => sample.refused += 1,
            Seen::Guess(503) => sample.turned_away += 1,
            Seen::Guess(status) => return Err(Failure::new(format!("a guess was answered with {status}"))),
        }
    }
    Ok(sample)
}

/// Reads a ticket again and again.
async fn read(address: SocketAddr, person: Person, end: Instant) -> Result<Seen> {
    let path = format!("/support/tickets/{}", person.ticket);
    let request = request("GET", &path, &format!("Authorization: Bearer {}\r\n", person.token), "");
    let mut exchange = Exchange::connect(address).await?;
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut times = Vec::new();
    while Instant::now() < end {
        ticks.tick().await;
        let start = Instant::now();
        in_time(exchange.expect(&request, 200)).await?;
        times.push(milliseconds(start));
    }
    Ok(Seen::Reads(times))
}

/// Logs in again and again, with the right password and from where nobody else is.
async fn log_in(address: SocketAddr, end: Instant) -> Result<Seen> {
    let mut ticks = interval(RIGHT);
    let mut times = Vec::new();
    while Instant::now() < end {
        ticks.tick().await;
        let start = Instant::now();
        let mut exchange = Exchange::connect_from(IpAddr::from([127, 0, 0, 3]), address).await?;
        in_time(exchange.expect(&login(EMAIL, PASSWORD), 200)).await?;
        times.push(milliseconds(start));
    }
    Ok(Seen::Right(times))
}

/// One wrong password.
async fn guess(address: SocketAddr, part: Part, number: u32) -> Result<Seen> {
    let (machine, email) = match part {
        Part::ManyAddresses => (u8::try_from(number % 100)?, format!("{number}@example.com")),
        _ => (0, EMAIL.to_owned()),
    };
    let mut exchange = Exchange::connect_from(IpAddr::from([127, 0, 1, machine]), address).await?;
    Ok(Seen::Guess(in_time(exchange.ask(&login(&email, &format!("guess {number}")))).await?.status))
}

fn login(email: &str, password: &str) -> Vec<u8> {
    let body = json!({ "email": email, "password": password }).to_string();
    request("POST", "/auth/login", "Content-Type: application/json\r\n", &body)
}

async fn in_time<T>(answer: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(DEADLINE, answer).await.unwrap_or_else(|_| Err(Failure::new("an answer got stuck")))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}
