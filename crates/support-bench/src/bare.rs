//! The loop that a room is measured against: the same frames, written to as many sockets, and nothing else.
//!
//! It is one thread with one task. It checks nobody, keeps nothing durable, and waits for whoever is slow. As
//! a queue lets a server do, it writes everything at once that it was asked for while it was busy.

use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

use crate::client::server_frame;
use crate::failure::{Failure, Result};

/// A running loop. It ends when its levers are gone, or all that it writes to.
#[derive(Debug)]
pub(crate) struct BareLoop {
    pub(crate) address: SocketAddr,
    lever: Lever,
    thread: JoinHandle<Result<()>>,
}

/// Makes the loop write. Clones are the same lever.
#[derive(Clone, Debug)]
pub(crate) struct Lever(UnboundedSender<Order>);

#[derive(Debug)]
enum Order {
    /// Writes the next frame to all. Answers its sequence at once, as a server answers before everybody has
    /// heard.
    Send(oneshot::Sender<u32>),
    /// Answers the processor time of the thread.
    Cpu(oneshot::Sender<Duration>),
}

impl BareLoop {
    /// Starts a loop that greets so many members, and then writes them these texts, the first with the
    /// sequence 1.
    pub(crate) fn start(texts: &[Vec<u8>], members: u32) -> Result<Self> {
        let frames: Vec<Vec<u8>> = texts.iter().map(|text| server_frame(text)).collect();
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (sender, orders) = mpsc::unbounded_channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(serve(listener, &frames, members, orders))
        });
        Ok(Self { address, lever: Lever(sender), thread })
    }

    pub(crate) fn lever(&self) -> Lever {
        self.lever.clone()
    }

    /// Ends the loop. All other levers must be gone.
    pub(crate) fn stop(self) -> Result<()> {
        drop(self.lever);
        self.thread.join().unwrap_or_else(|_| Err(Failure::new("the bare loop panicked")))
    }
}

impl Lever {
    /// Has the next frame written, and returns its sequence.
    pub(crate) async fn send(&self) -> Result<u32> {
        self.order(Order::Send).await
    }

    /// The processor time of the loop so far, in user and kernel mode together.
    pub(crate) async fn cpu(&self) -> Result<Duration> {
        self.order(Order::Cpu).await
    }

    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Result<T> {
        let (sender, answer) = oneshot::channel();
        let gone = || Failure::new("the bare loop is gone");
        self.0.send(order(sender)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }
}

async fn serve(
    listener: std::net::TcpListener,
    frames: &[Vec<u8>],
    members: u32,
    mut orders: UnboundedReceiver<Order>,
) -> Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let greeting = server_frame(b"welcome");
    let mut sockets: Vec<TcpStream> = Vec::new();
    for _ in 0..members {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted?,
            // Nobody is left to give orders.
            _ = orders.recv() => return Ok(()),
        };
        let mut socket = accepted.0;
        socket.set_nodelay(true)?;
        socket.write_all(&greeting).await?;
        sockets.push(socket);
    }
    let mut frames = (1..).zip(frames);
    let mut bytes = Vec::new();
    while let Some(first) = orders.recv().await {
        bytes.clear();
        let mut order = Some(first);
        while let Some(next) = order {
            // Whoever does not wait for an answer does not miss it.
            match next {
                Order::Send(answer) => {
                    let (sequence, frame) = frames.next().ok_or_else(|| Failure::new("no frame is left"))?;
                    bytes.extend_from_slice(frame);
                    let _ = answer.send(sequence);
                }
                Order::Cpu(answer) => {
                    let _ = answer.send(cpu()?);
                }
            }
            order = orders.try_recv().ok();
        }
        for socket in &mut sockets {
            socket.write_all(&bytes).await?;
        }
    }
    Ok(())
}

/// The processor time of this thread.
fn cpu() -> Result<Duration> {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Ok(Duration::new(u64::try_from(time.tv_sec)?, u32::try_from(time.tv_nsec)?))
}
