//! `hostile`: what clients cost that do not do their part, against a bare server on actix-ws.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::cli;
use crate::client::{Link, Stream, Transport, WebSocket};
use crate::crowd::Crowd;
use crate::desk::{Person, token};
use crate::failure::{Failure, Result};
use crate::sender::Sender;
use crate::statistics::cell;
use crate::table::Table;
use crate::target::Target;

/// What a frame is said to hold: far beyond what either server takes.
const ANNOUNCED: usize = 1 << 30;
/// How much of it is sent at once.
const PIECE: usize = 64 * 1024;
/// Characters of a message to the room: long, so that what is not taken fills the kernel's buffers soon.
const TEXT: usize = 4_000;
/// How often one who takes nothing is looked at, once the messages are sent.
const INTERVAL: Duration = Duration::from_millis(50);
/// Who is measured, in the order of the columns.
const SIDES: [Transport; 2] = [Transport::Plain, Transport::ActixWs];

/// One side of a run.
struct Sample {
    frames: Frames,
    silence: Silence,
}

/// Frames that never end.
struct Frames {
    /// Growth of the server's memory for each connection, in KiB.
    kib_each: f64,
    /// What the server, or the kernel for it, took from each connection, in KiB.
    taken_each: f64,
}

/// A room with a member who takes nothing.
struct Silence {
    /// Messages that all others got.
    delivered: u32,
    /// From the request to the last of the others, at worst, in milliseconds.
    longest: f64,
    /// From the first message until the silent one is cut off, in seconds.
    cut_after: Option<f64>,
}

/// Measures and prints.
pub(crate) async fn run(load: &cli::Hostile, runs: u32) -> Result<()> {
    println!(
        "{} connections each begin a frame of 1 GiB and send {} MiB of it. Then a room of {} members and one who\n\
         takes nothing gets {} messages of {TEXT} characters, one after the other; it is given up when one takes\n\
         longer than {} s. Plain WebSockets; ratios to a bare server on actix-ws in the same run.\n",
        load.connections, load.mebibytes, load.members, load.messages, load.patience
    );
    let mut samples: Vec<[Sample; 2]> = Vec::new();
    for number in 0..runs {
        let [ours, theirs] = SIDES;
        samples.push(if number.is_multiple_of(2) {
            let ours = sample(load, ours).await?;
            [ours, sample(load, theirs).await?]
        } else {
            let theirs = sample(load, theirs).await?;
            [sample(load, ours).await?, theirs]
        });
    }
    println!("{}", table(&samples));
    Ok(())
}

fn table(samples: &[[Sample; 2]]) -> Table {
    let mut table = Table::new(&["", "server", "actix-ws", "ratio"]);
    let mut row = |name: &str, of: fn(&Sample) -> Option<f64>| {
        let ours = samples.iter().filter_map(|[ours, _]| of(ours));
        let theirs = samples.iter().filter_map(|[_, theirs]| of(theirs));
        let ratio = samples.iter().filter_map(|[ours, theirs]| Some(of(ours)? / of(theirs)?));
        table.row(name, [cell(ours), cell(theirs), cell(ratio)]);
    };
    row("endless frames: KiB sent by each", |sample| Some(sample.frames.taken_each));
    row("endless frames: KiB of memory for each", |sample| Some(sample.frames.kib_each));
    row("silent member: messages that the others got", |sample| Some(sample.silence.delivered.into()));
    row("silent member: ms to the last of the others, at worst", |sample| Some(sample.silence.longest));
    row("silent member: s until it is cut off", |sample| sample.silence.cut_after);
    table
}

async fn sample(load: &cli::Hostile, transport: Transport) -> Result<Sample> {
    Ok(Sample { frames: frames(load, transport).await?, silence: silence(load, transport).await? })
}

/// A running server with a room for so many.
struct Scene {
    transport: Transport,
    target: Target,
    people: Vec<Person>,
    sender: Sender,
}

impl Scene {
    async fn set(transport: Transport, people: u32, messages: u32) -> Result<Self> {
        let texts: Vec<Vec<u8>> = (1..=messages).map(text).collect();
        let target = Target::start(transport, &texts)?;
        let (people, sender) = match &target {
            Target::Actix(server) => (Person::nobody(people)?, Sender::actix(server.address).await?),
            Target::Desk(desk) => {
                let customer = desk.customer(0)?;
                let member =
                    |number| Person { token: token("admin", number), ticket: customer.ticket.clone() };
                let sender = Sender::http_with(desk.address, &customer, &"x".repeat(TEXT)).await?;
                ((1..=people).map(member).collect(), sender)
            }
        };
        Ok(Self { transport, target, people, sender })
    }

    fn address(&self) -> SocketAddr {
        self.target.address()
    }

    /// A client in the room over a connection of its own.
    async fn enter(&self, stream: Stream, person: &Person) -> Result<WebSocket> {
        let mut link = Link::over(self.transport, stream, &person.token).await?;
        if self.transport.has_rooms() {
            link.join(&person.ticket).await?;
        }
        link.into_websocket()
    }
}

/// A message, of about the length that the real server makes of such a text.
fn text(sequence: u32) -> Vec<u8> {
    let text = "x".repeat(TEXT + 350);
    format!(r#"{{"event":"new_message","data":{{"sequence":{sequence},"text":"{text}"}}}}"#).into_bytes()
}

async fn frames(load: &cli::Hostile, transport: Transport) -> Result<Frames> {
    let scene = Scene::set(transport, load.connections, 0).await?;
    let mut clients = Vec::new();
    for person in &scene.people {
        clients.push((scene.enter(Stream::connect(scene.address()).await?, person).await?, 0_u32));
    }
    let before = scene.target.memory_at_rest().await?;
    for (client, _) in &mut clients {
        client.begin_frame(ANNOUNCED).await?;
    }
    let piece = vec![b'x'; PIECE];
    let pieces = load.mebibytes * 16;
    for _ in 0..pieces {
        for (client, taken) in &mut clients {
            // A server that ends a connection, or stops reading from it, takes no more.
            let sent = timeout(Duration::from_secs(1), client.continue_frame(&piece)).await;
            *taken += u32::from(matches!(sent, Ok(Ok(()))));
        }
    }
    let with = scene.target.memory_at_rest().await?;
    let taken: u32 = clients.iter().map(|(_, taken)| taken).sum();
    drop(clients);
    scene.target.stop()?;
    let connections = f64::from(load.connections);
    Ok(Frames {
        kib_each: (f64::from(with.resident) - f64::from(before.resident)) / connections,
        taken_each: f64::from(taken) * f64::from(u32::try_from(PIECE / 1_024)?) / connections,
    })
}

async fn silence(load: &cli::Hostile, transport: Transport) -> Result<Silence> {
    let mut scene = Scene::set(transport, load.members + 1, load.messages).await?;
    let patience = Duration::from_secs(load.patience.into());
    let silent = scene.people.pop().ok_or_else(|| Failure::new("nobody is silent"))?;
    let silent = scene.enter(Stream::connect_narrow(scene.address()).await?, &silent).await?;
    let mut crowd = Crowd::seat(transport, scene.address(), scene.people.clone()).await?;
    let (mut delivered, mut longest, mut cut_after) = (0, Duration::ZERO, None);
    let begun = Instant::now();
    for _ in 0..load.messages {
        let start = Instant::now();
        let message = async {
            scene.sender.send().await?;
            crowd.delivered().await.map(drop)
        };
        match timeout(patience, message).await {
            Ok(done) => done?,
            Err(_) => break,
        }
        delivered += 1;
        longest = longest.max(start.elapsed());
        if cut_after.is_none() && silent.is_cut()? {
            cut_after = Some(begun.elapsed());
        }
    }
    let (end, watch) = (Instant::now(), Duration::from_secs(load.watch.into()));
    while cut_after.is_none() && end.elapsed() < watch {
        sleep(INTERVAL).await;
        cut_after = silent.is_cut()?.then(|| begun.elapsed());
    }
    crowd.leave()?;
    drop((silent, scene.sender));
    scene.target.stop()?;
    Ok(Silence {
        delivered,
        longest: longest.as_secs_f64() * 1_000.0,
        cut_after: cut_after.map(|after| after.as_secs_f64()),
    })
}
