//! `fanout`: how fast a room hears, against a bare loop and a bare server on actix-ws that send the same
//! frames.

use std::future::Future;
use std::time::Duration;

use crate::actix::ActixServer;
use crate::bare::BareLoop;
use crate::cli;
use crate::client::Transport;
use crate::crowd::Crowd;
use crate::desk::{Desk, Person, token};
use crate::failure::{Failure, Result};
use crate::flow::{self, Flow, Load};
use crate::process::cpu;
use crate::sender::Sender;
use crate::statistics::{cell, percentile};
use crate::table::Table;

/// Messages before those that are measured.
const WARM_UP: u32 = 20;

/// One run.
struct Sample {
    server: Speed,
    /// None over polling, where there are no frames.
    bare: Option<Bare>,
    /// The length of a message as it is told, in bytes.
    length: usize,
}

/// Those whom the server is measured against.
struct Bare {
    write_loop: Speed,
    actix: Speed,
}

/// One side of a run.
struct Speed {
    /// With as many messages on their way as the window allows.
    full: Part,
    /// With one message at a time.
    single: Part,
}

/// How fast, and at what cost.
struct Part {
    frames_per_second: f64,
    cpu_seconds_per_million: f64,
    /// The lags' 50th and 99th percentile, in milliseconds.
    lag: [f64; 2],
}

impl Part {
    fn of(load: &cli::Fanout, flow: &Flow, cpu: Duration) -> Self {
        let frames = f64::from(load.members) * f64::from(load.messages);
        let lag = |percent| percentile(&flow.lags, percent).unwrap_or_default();
        Self {
            frames_per_second: frames / flow.time.as_secs_f64(),
            cpu_seconds_per_million: cpu.as_secs_f64() / frames * 1e6,
            lag: [lag(50), lag(99)],
        }
    }
}

/// Measures and prints.
pub(crate) async fn run(load: &cli::Fanout, runs: u32) -> Result<()> {
    println!(
        "{} members in one room, {} messages over HTTP, at most {} of them on their way; the bare loop and the bare\n\
         server on actix-ws send the same frames to as many sockets, read by the same code. Every member got every\n\
         message once, in order.",
        load.members, load.messages, load.window
    );
    for transport in load.transport.each() {
        let mut samples = Vec::new();
        for number in 0..runs {
            samples.push(sample(load, *transport, number).await?);
        }
        println!("\n{}", table(*transport, &samples));
    }
    Ok(())
}

fn table(transport: Transport, samples: &[Sample]) -> Table {
    let length = samples.first().map_or(0, |sample| sample.length);
    let mut table = Table::new(&[
        &format!("{}: {length} bytes a frame", transport.name()),
        "server",
        "bare loop",
        "ratio",
        "actix-ws",
        "ratio",
    ]);
    let mut row = |name: &str, of: fn(&Speed) -> f64| {
        let pairs = |side: fn(&Bare) -> &Speed| {
            let pairs =
                samples.iter().filter_map(|sample| Some((&sample.server, side(sample.bare.as_ref()?))));
            pairs.map(|(server, bare)| (of(bare), of(server) / of(bare))).unzip::<_, _, Vec<_>, Vec<_>>()
        };
        let (bare, to_bare) = pairs(|bare| &bare.write_loop);
        let (actix, to_actix) = pairs(|bare| &bare.actix);
        let server = samples.iter().map(|sample| of(&sample.server));
        table.row(name, [cell(server), cell(bare), cell(to_bare), cell(actix), cell(to_actix)]);
    };
    row("full window: frames a second", |speed| speed.full.frames_per_second);
    row("full window: CPU seconds for a million frames", |speed| speed.full.cpu_seconds_per_million);
    row("full window: ms from answer to last member, p50", |speed| speed.full.lag[0]);
    row("full window: ms from answer to last member, p99", |speed| speed.full.lag[1]);
    row("one at a time: CPU seconds for a million frames", |speed| speed.single.cpu_seconds_per_million);
    row("one at a time: ms from answer to last member, p50", |speed| speed.single.lag[0]);
    row("one at a time: ms from answer to last member, p99", |speed| speed.single.lag[1]);
    table
}

/// The server first, since it makes the frames; the other two in turns.
async fn sample(load: &cli::Fanout, transport: Transport, number: u32) -> Result<Sample> {
    let desk = Desk::start()?;
    let customer = desk.customer(0)?;
    let member = |number| Person { token: token("admin", number), ticket: customer.ticket.clone() };
    let members: Vec<Person> = (1..=load.members).map(member).collect();
    let mut crowd = Crowd::seat(transport, desk.address, members.clone()).await?;
    let mut senders = Vec::new();
    for _ in 0..load.senders {
        senders.push(Sender::http(desk.address, &customer).await?);
    }
    let server = both(load, &mut senders, &mut crowd, async || cpu(desk.pid)).await?;
    let texts = crowd.leave()?.into_texts();
    desk.stop()?;
    let length = texts.last().map_or(0, Vec::len);
    let bare = match transport {
        Transport::Polling => None,
        _ if number.is_multiple_of(2) => {
            let write_loop = bare(load, &texts, members.clone()).await?;
            Some(Bare { write_loop, actix: actix(load, &texts, members).await? })
        }
        _ => {
            let actix = actix(load, &texts, members.clone()).await?;
            Some(Bare { write_loop: bare(load, &texts, members).await?, actix })
        }
    };
    Ok(Sample { server, bare, length })
}

/// The same messages by the bare loop.
async fn bare(load: &cli::Fanout, texts: &[Vec<u8>], members: Vec<Person>) -> Result<Speed> {
    let bare = BareLoop::start(texts, load.members)?;
    let mut crowd = Crowd::seat(Transport::Bare, bare.address, members).await?;
    let lever = bare.lever();
    let mut senders: Vec<Sender> = (0..load.senders).map(|_| Sender::Bare(bare.lever())).collect();
    let speed = both(load, &mut senders, &mut crowd, || lever.cpu()).await?;
    let heard = crowd.leave()?.into_texts();
    drop((senders, lever));
    bare.stop()?;
    if heard == texts { Ok(speed) } else { Err(Failure::new("the bare loop wrote something else")) }
}

/// The same messages by the server on actix-ws.
async fn actix(load: &cli::Fanout, texts: &[Vec<u8>], members: Vec<Person>) -> Result<Speed> {
    let server = ActixServer::start(texts)?;
    let mut crowd = Crowd::seat(Transport::ActixWs, server.address, members).await?;
    let mut senders = Vec::new();
    for _ in 0..load.senders {
        senders.push(Sender::actix(server.address).await?);
    }
    let speed = both(load, &mut senders, &mut crowd, async || cpu(server.pid)).await?;
    let heard = crowd.leave()?.into_texts();
    server.stop()?;
    if heard == texts { Ok(speed) } else { Err(Failure::new("the server on actix-ws sent something else")) }
}

/// Both parts of a run. `cpu` answers the processor time of whoever writes the frames.
async fn both<F: Future<Output = Result<Duration>>>(
    load: &cli::Fanout,
    senders: &mut Vec<Sender>,
    crowd: &mut Crowd,
    cpu: impl Fn() -> F,
) -> Result<Speed> {
    let full = Load { messages: load.messages, window: load.window };
    let single = Load { window: 1, ..full };
    flow::run(senders, crowd, Load { messages: WARM_UP, ..full }).await?;
    let start = cpu().await?;
    let full = flow::run(senders, crowd, full).await?;
    let middle = cpu().await?;
    let single = flow::run(senders, crowd, single).await?;
    let end = cpu().await?;
    Ok(Speed {
        full: Part::of(load, &full, middle.saturating_sub(start)),
        single: Part::of(load, &single, end.saturating_sub(middle)),
    })
}
