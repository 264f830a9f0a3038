//! Many clients in one thread of their own, each in a room and listening.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::LocalSet;
use tokio::time::timeout;

use crate::client::{Link, Transport};
use crate::desk::Person;
use crate::failure::{Failure, Result};
use crate::ledger::Ledger;

/// How many come in at the same time.
const AT_ONCE: usize = 64;
/// Passing it is a hang, not slowness.
const DEADLINE: Duration = Duration::from_mins(5);

/// Clients that are all in their rooms. Dropping it hangs up on the server.
#[derive(Debug)]
pub(crate) struct Crowd {
    reports: UnboundedReceiver<Report>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<Ledger>>>,
}

enum Report {
    Seated,
    /// All members have got the message with this sequence.
    Delivered(u32, Instant),
    Failed(Failure),
}

/// What the clients of a thread share.
struct Hall {
    transport: Transport,
    address: SocketAddr,
    ledger: RefCell<Ledger>,
    entrance: Semaphore,
    reports: UnboundedSender<Report>,
}

impl Crowd {
    /// Connects a client for each person and waits until all have joined the room of that person's ticket.
    pub(crate) async fn seat(transport: Transport, address: SocketAddr, people: Vec<Person>) -> Result<Self> {
        let expected = people.len();
        let (sender, reports) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || listen(transport, address, people, sender, stopped));
        let mut crowd = Self { reports, stop: Some(stop), thread: Some(thread) };
        for seated in 0..expected {
            match timeout(DEADLINE, crowd.reports.recv()).await {
                Ok(Some(Report::Seated)) => {}
                Ok(Some(Report::Failed(failure))) => return Err(failure.of("a client")),
                _ => return Err(Failure::new(format!("only {seated} of {expected} clients came in"))),
            }
        }
        Ok(crowd)
    }

    /// The next message that all members have got, and when the last of them got it.
    pub(crate) async fn delivered(&mut self) -> Result<(u32, Instant)> {
        loop {
            match self.reports.recv().await {
                Some(Report::Delivered(sequence, at)) => return Ok((sequence, at)),
                Some(Report::Failed(failure)) => return Err(failure.of("a member")),
                Some(Report::Seated) => {}
                None => return Err(Failure::new("the members are gone")),
            }
        }
    }

    /// Hangs up. Fails if a client has had to complain; returns what was heard.
    pub(crate) fn leave(mut self) -> Result<Ledger> {
        let ledger = self.end()?;
        while let Ok(report) = self.reports.try_recv() {
            if let Report::Failed(failure) = report {
                return Err(failure.of("a client"));
            }
        }
        Ok(ledger)
    }

    fn end(&mut self) -> Result<Ledger> {
        drop(self.stop.take());
        let thread = self.thread.take().ok_or_else(|| Failure::new("the clients are gone"))?;
        thread.join().unwrap_or_else(|_| Err(Failure::new("the thread of the clients panicked")))
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        // After `leave` there is nothing to end; otherwise there is a better reason to give up.
        drop(self.end());
    }
}

fn listen(
    transport: Transport,
    address: SocketAddr,
    people: Vec<Person>,
    reports: UnboundedSender<Report>,
    stopped: oneshot::Receiver<()>,
) -> Result<Ledger> {
    let ledger = RefCell::new(Ledger::new(people.len()));
    let hall = Rc::new(Hall { transport, address, ledger, entrance: Semaphore::new(AT_ONCE), reports });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tasks = LocalSet::new();
    for person in people {
        let hall = Rc::clone(&hall);
        tasks.spawn_local(async move {
            if let Err(failure) = attend(&hall, &person).await {
                // Nobody listens once the measurement is over.
                let _ = hall.reports.send(Report::Failed(failure));
            }
        });
    }
    // It only fails because the other half was dropped, which is the sign.
    let _ = tasks.block_on(&runtime, stopped);
    Ok(hall.ledger.take())
}

/// One client, from the transport to the end.
async fn attend(hall: &Hall, person: &Person) -> Result<()> {
    let permit = hall.entrance.acquire().await?;
    let mut link = Link::open(hall.transport, hall.address, &person.token).await?;
    let last = if hall.transport.has_rooms() { link.join(&person.ticket).await? } else { 0 };
    hall.ledger.borrow_mut().enter(last)?;
    drop(permit);
    hall.reports.send(Report::Seated)?;
    let mut next = last + 1;
    loop {
        link.receive(&mut |text| {
            if let Some(sequence) = hall.ledger.borrow_mut().hear(&mut next, text)? {
                hall.reports.send(Report::Delivered(sequence, Instant::now()))?;
            }
            Ok(())
        })
        .await?;
    }
}
