//! A stream of messages into one room: as many as may be on their way at once, until all have heard all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::crowd::Crowd;
use crate::failure::{Failure, Result};
use crate::sender::Sender;

/// Passing it is a hang, not slowness.
const DEADLINE: Duration = Duration::from_mins(5);

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Messages in all.
    pub(crate) messages: u32,
    /// How many of them may be sent and not yet have reached everybody.
    pub(crate) window: u32,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Flow {
    /// From the first request to the last frame at the last member.
    pub(crate) time: Duration,
    /// From the answer to the sender to the frame at the last member, in milliseconds; 0 where the frame
    /// came first.
    pub(crate) lags: Vec<f64>,
}

/// What the senders share.
struct Rest {
    permits: Semaphore,
    messages: AtomicU32,
    answers: UnboundedSender<(u32, Instant)>,
}

/// Sends a load. The senders are there again afterwards.
pub(crate) async fn run(senders: &mut Vec<Sender>, crowd: &mut Crowd, load: Load) -> Result<Flow> {
    let (answers, mut answered) = mpsc::unbounded_channel();
    let permits = Semaphore::new(usize::try_from(load.window)?);
    let rest = Arc::new(Rest { permits, messages: AtomicU32::new(load.messages), answers });
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for sender in senders.drain(..) {
        tasks.spawn(send(sender, Arc::clone(&rest)));
    }
    let expected = usize::try_from(load.messages)?;
    let (mut told, mut heard) = (BTreeMap::new(), BTreeMap::new());
    let wait = async {
        while told.len() < expected || heard.len() < expected {
            tokio::select! {
                delivered = crowd.delivered() => {
                    let (sequence, at) = delivered?;
                    heard.insert(sequence, at);
                    rest.permits.add_permits(1);
                }
                Some((sequence, at)) = answered.recv() => {
                    told.insert(sequence, at);
                }
                Some(ended) = tasks.join_next() => senders.push(ended??),
            }
        }
        rest.permits.close();
        while let Some(ended) = tasks.join_next().await {
            senders.push(ended??);
        }
        Ok(())
    };
    let done: Result<()> =
        timeout(DEADLINE, wait).await.unwrap_or_else(|_| Err(Failure::new("messages got stuck")));
    done?;
    let last = heard.values().max().copied().unwrap_or(start);
    let mut lags = Vec::new();
    for (sequence, told) in &told {
        let heard = heard.get(sequence).ok_or_else(|| Failure::new("answers and frames differ"))?;
        lags.push(heard.saturating_duration_since(*told).as_secs_f64() * 1_000.0);
    }
    Ok(Flow { time: last - start, lags })
}

/// Sends for as long as something is left.
async fn send(mut sender: Sender, rest: Arc<Rest>) -> Result<Sender> {
    // It is closed when all is done.
    while let Ok(permit) = rest.permits.acquire().await {
        let taken =
            rest.messages.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if taken.is_err() {
            break;
        }
        // It comes back when everybody has the message.
        permit.forget();
        let sequence = sender.send().await.map_err(|failure| failure.of("a sender"))?;
        rest.answers.send((sequence, Instant::now()))?;
    }
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bare::BareLoop;
    use crate::client::Transport;
    use crate::desk::Person;

    const MEMBERS: u32 = 7;

    fn texts(sequences: impl IntoIterator<Item = u32>) -> Vec<Vec<u8>> {
        let text =
            |sequence| format!(r#"{{"event":"new_message","data":{{"sequence":{sequence}}}}}"#).into_bytes();
        sequences.into_iter().map(text).collect()
    }

    async fn send(texts: &[Vec<u8>], loads: &[Load]) -> Result<Vec<Flow>> {
        let bare = BareLoop::start(texts, MEMBERS)?;
        let nobody = Person { token: String::new(), ticket: String::new() };
        let mut crowd = Crowd::seat(Transport::Bare, bare.address, vec![nobody; 7]).await?;
        let mut senders = vec![Sender::Bare(bare.lever()), Sender::Bare(bare.lever())];
        let mut flows = Vec::new();
        for load in loads {
            flows.push(run(&mut senders, &mut crowd, *load).await?);
        }
        assert_eq!(senders.len(), 2);
        assert_eq!(crowd.leave()?.into_texts(), texts);
        drop(senders);
        bare.stop()?;
        Ok(flows)
    }

    #[tokio::test]
    async fn everything_arrives_through_any_window() {
        let loads = [(1, 1), (20, 3), (9, 100)].map(|(messages, window)| Load { messages, window });
        let flows = send(&texts(1..=30), &loads).await.unwrap();
        assert_eq!(flows.iter().map(|flow| flow.lags.len()).collect::<Vec<_>>(), [1, 20, 9]);
    }

    #[tokio::test]
    async fn a_message_out_of_order_ends_it() {
        let failure = send(&texts([1, 2, 4]), &[Load { messages: 3, window: 1 }]).await.unwrap_err();
        assert_eq!(failure.to_string(), "a member: got message 4 instead of 3");
    }
}
