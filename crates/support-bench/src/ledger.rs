//! Who has heard what: every member every message, once and in order.

use crate::failure::{Failure, Result};

/// Stands near the beginning of a message's frame, whatever the transport.
const MESSAGE: &[u8] = b"\"new_message\"";
/// Where to look for it.
const BEGINNING: usize = 48;
/// What a message's place stands behind.
const SEQUENCE: &[u8] = b"\"sequence\":";

/// What the members of one room have heard.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    members: usize,
    /// The sequence that all have been told to begin behind.
    start: Option<u32>,
    entries: Vec<Entry>,
    /// Texts that were no messages.
    pub(crate) others: u32,
}

/// A message as it first came, and how many have heard it.
#[derive(Debug)]
struct Entry {
    text: Vec<u8>,
    heard: usize,
}

impl Ledger {
    /// A ledger of so many members.
    pub(crate) fn new(members: usize) -> Self {
        Self { members, ..Self::default() }
    }

    /// A member enters whose last message is this one: the same for all, as nothing is said before all are
    /// there.
    pub(crate) fn enter(&mut self, last: u32) -> Result<()> {
        match *self.start.get_or_insert(last) {
            start if start == last => Ok(()),
            start => Err(Failure::new(format!("entered behind message {last}, others behind {start}"))),
        }
    }

    /// A member who waits for message `next` gets a text. Answers `next` once all members have it.
    pub(crate) fn hear(&mut self, next: &mut u32, text: &[u8]) -> Result<Option<u32>> {
        let at = usize::try_from(*next - self.start.unwrap_or(0))?.saturating_sub(1);
        // All get the same bytes: comparing them is quicker than reading them, and says more.
        if self.entries.get(at).is_none_or(|entry| entry.text != text) {
            if !is_message(text) {
                self.others += 1;
                return Ok(None);
            }
            let sequence = sequence(text).ok_or_else(|| Failure::new("a message without a sequence"))?;
            if sequence != *next {
                return Err(Failure::new(format!("got message {sequence} instead of {next}")));
            }
            if self.entries.len() == at {
                self.entries.push(Entry { text: text.to_vec(), heard: 0 });
            }
        }
        let entry = self.entries.get_mut(at).ok_or_else(|| Failure::new("the ledger has a gap"))?;
        entry.heard += 1;
        let heard = *next;
        *next += 1;
        Ok((entry.heard == self.members).then_some(heard))
    }

    /// All messages in order, as they came.
    pub(crate) fn into_texts(self) -> Vec<Vec<u8>> {
        self.entries.into_iter().map(|entry| entry.text).collect()
    }
}

fn is_message(text: &[u8]) -> bool {
    let beginning = text.get(..BEGINNING).unwrap_or(text);
    beginning.windows(MESSAGE.len()).any(|window| window == MESSAGE)
}

/// The place of a message whose own text holds no quotes.
fn sequence(text: &[u8]) -> Option<u32> {
    let at = text.windows(SEQUENCE.len()).position(|window| window == SEQUENCE)?;
    let digits = text.get(at + SEQUENCE.len()..)?;
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(digits.get(..length)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sequence: u32) -> Vec<u8> {
        format!(r#"{{"event":"new_message","data":{{"id":"x","sequence":{sequence},"y":1}}}}"#).into_bytes()
    }

    #[test]
    fn a_message_is_delivered_when_the_last_has_heard_it() {
        let mut ledger = Ledger::new(2);
        ledger.enter(4).unwrap();
        ledger.enter(4).unwrap();
        let (mut first, mut second) = (5, 5);
        assert_eq!(ledger.hear(&mut first, &message(5)).unwrap(), None);
        assert_eq!(ledger.hear(&mut first, &message(6)).unwrap(), None);
        assert_eq!(ledger.hear(&mut second, &message(5)).unwrap(), Some(5));
        assert_eq!(ledger.hear(&mut second, &message(6)).unwrap(), Some(6));
        assert_eq!((first, second, ledger.others), (7, 7, 0));
        assert_eq!(ledger.into_texts(), [message(5), message(6)]);
    }

    #[test]
    fn what_is_missing_or_comes_twice_is_told() {
        for wrong in [1, 3] {
            let mut ledger = Ledger::new(1);
            ledger.enter(0).unwrap();
            let mut next = 1;
            ledger.hear(&mut next, &message(1)).unwrap();
            let failure = ledger.hear(&mut next, &message(wrong)).unwrap_err();
            assert_eq!(failure.to_string(), format!("got message {wrong} instead of 2"));
        }
    }

    #[test]
    fn the_first_to_hear_a_message_may_hear_no_other() {
        let mut ledger = Ledger::new(2);
        ledger.enter(0).unwrap();
        let mut next = 1;
        assert!(ledger.hear(&mut next, &message(2)).is_err());
        assert!(ledger.enter(1).is_err());
    }

    #[test]
    fn other_events_are_passed_over() {
        let mut ledger = Ledger::new(1);
        ledger.enter(0).unwrap();
        let mut next = 1;
        let typing = br#"42/support,["typing_indicator",{"sequence":1}]"#;
        assert_eq!(ledger.hear(&mut next, typing).unwrap(), None);
        assert_eq!((next, ledger.others), (1, 1));
        let packet = br#"42/support,["new_message",{"ticketId":"x","sequence":1}]"#;
        assert_eq!(ledger.hear(&mut next, packet).unwrap(), Some(1));
    }
}
