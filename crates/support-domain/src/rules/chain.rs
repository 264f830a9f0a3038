//! Whether a chain of history holds: each entry follows the one before it and is as it was written, none is
//! missing, and the last one is the one that the ticket knows of (`docs/contract.md`, section 3.6).

use crate::entity::{ChainBreak, ChainHead, ChainProblem, ChainReport};
use crate::id::TicketId;
use crate::value::TicketNumber;

/// An entry as it is stored, and what its content gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainEntry {
    /// Its place in the chain.
    pub sequence: i64,
    /// The hash of the entry before, as it carries it.
    pub previous_hash: [u8; 32],
    /// Its own hash, as it carries it.
    pub hash: [u8; 32],
    /// The hash that its content and its `previous_hash` give.
    pub computed: [u8; 32],
}

/// A check of one chain, entry by entry. It ends at the first thing that is wrong: what stands behind it can
/// no longer be told from a consequence.
#[derive(Clone, Debug)]
pub struct ChainCheck {
    head: ChainHead,
    known: Option<ChainHead>,
    last: ChainHead,
    entries: u64,
    broken: Option<ChainBreak>,
}

impl ChainCheck {
    /// The check of a chain that should end at `head`, as the ticket has it, and that once ended at `known`.
    #[must_use]
    pub const fn new(head: ChainHead, known: Option<ChainHead>) -> Self {
        Self { head, known, last: ChainHead::EMPTY, entries: 0, broken: None }
    }

    /// Whether something is wrong already, so that no more entries are needed.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// Takes the entry with the next higher sequence.
    pub fn entry(&mut self, link: &ChainEntry) {
        if self.is_broken() || !self.has_place(link.sequence) {
            return;
        }
        let is_known = |known: ChainHead| known.sequence != link.sequence || known.hash == link.hash;
        if link.previous_hash != self.last.hash {
            self.note(link.sequence, ChainProblem::WrongOrder);
        } else if link.computed != link.hash {
            self.note(link.sequence, ChainProblem::Changed);
        } else if !self.known.is_none_or(is_known) {
            self.note(link.sequence, ChainProblem::Rewritten);
        } else if link.sequence > self.head.sequence {
            self.note(link.sequence, ChainProblem::BeyondHead);
        } else {
            self.last = ChainHead { sequence: link.sequence, hash: link.hash };
            self.entries += 1;
        }
    }

    /// Takes the entry with the next higher sequence, which cannot be read.
    pub fn unreadable(&mut self, sequence: i64) {
        if !self.is_broken() && self.has_place(sequence) {
            self.note(sequence, ChainProblem::Changed);
        }
    }

    /// What was found, once every entry was taken.
    #[must_use]
    pub fn finish(mut self, ticket_id: TicketId, number: TicketNumber) -> ChainReport {
        let next = self.next();
        if self.is_broken() {
            // It says what is wrong.
        } else if self.last.sequence < self.head.sequence {
            self.note(next, ChainProblem::Truncated);
        } else if self.last != self.head {
            self.note(self.last.sequence, ChainProblem::HeadChanged);
        } else if self.known.is_some_and(|known| self.last.sequence < known.sequence) {
            self.note(next, ChainProblem::Truncated);
        }
        let Self { last, entries, broken, .. } = self;
        ChainReport { ticket_id, number: Some(number), entries, last, broken }
    }

    /// Whether `sequence` is the next one; notes what is wrong if not.
    const fn has_place(&mut self, sequence: i64) -> bool {
        let next = self.next();
        if sequence > next {
            self.note(next, ChainProblem::Missing);
        } else if sequence < next {
            self.note(sequence, ChainProblem::WrongOrder);
        }
        !self.is_broken()
    }

    const fn next(&self) -> i64 {
        self.last.sequence.saturating_add(1)
    }

    const fn note(&mut self, sequence: i64, problem: ChainProblem) {
        self.broken = Some(ChainBreak { sequence, problem });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn hash(n: u8) -> [u8; 32] {
        [n; 32]
    }

    fn head(sequence: u8) -> ChainHead {
        ChainHead { sequence: sequence.into(), hash: hash(sequence) }
    }

    /// An intact entry, whose hash is made of its sequence.
    fn link(sequence: u8) -> ChainEntry {
        ChainEntry {
            sequence: sequence.into(),
            previous_hash: hash(sequence - 1),
            hash: hash(sequence),
            computed: hash(sequence),
        }
    }

    fn chain(length: u8) -> Vec<ChainEntry> {
        (1..=length).map(link).collect()
    }

    /// How many entries hold, and where the chain is broken.
    fn check(
        links: &[ChainEntry],
        head: ChainHead,
        known: Option<ChainHead>,
    ) -> (u64, Option<(i64, ChainProblem)>) {
        let mut check = ChainCheck::new(head, known);
        for link in links {
            check.entry(link);
        }
        let report = check.finish(TicketId::new(Uuid::nil()), TicketNumber::new(2026, 1));
        (report.entries, report.broken.map(|broken| (broken.sequence, broken.problem)))
    }

    #[test]
    fn an_untouched_chain_holds() {
        for length in 0..4 {
            assert_eq!(check(&chain(length), head(length), None), (length.into(), None));
            for known in 0..=length {
                assert_eq!(check(&chain(length), head(length), Some(head(known))), (length.into(), None));
            }
        }
    }

    #[test]
    fn each_way_to_break_it_is_told_from_the_others() {
        use ChainProblem as P;
        let with = |change: fn(&mut Vec<ChainEntry>)| {
            let mut links = chain(3);
            change(&mut links);
            links
        };
        let gone = with(|links| links.retain(|link| link.sequence != 2));
        assert_eq!(check(&gone, head(3), None), (1, Some((2, P::Missing))));
        let edited = with(|links| links[1].computed = hash(99));
        assert_eq!(check(&edited, head(3), None), (1, Some((2, P::Changed))));
        let rehashed = with(|links| (links[1].hash, links[1].computed) = (hash(99), hash(99)));
        assert_eq!(check(&rehashed, head(3), None), (2, Some((3, P::WrongOrder))));
        let last_rehashed = with(|links| (links[2].hash, links[2].computed) = (hash(99), hash(99)));
        assert_eq!(check(&last_rehashed, head(3), None), (3, Some((3, P::HeadChanged))));
        let swapped = with(|links| {
            links.swap(1, 2);
            (links[1].sequence, links[2].sequence) = (2, 3);
        });
        assert_eq!(check(&swapped, head(3), None), (1, Some((2, P::WrongOrder))));
        let before_the_first = with(|links| links.insert(0, ChainEntry { sequence: 0, ..link(1) }));
        assert_eq!(check(&before_the_first, head(3), None), (0, Some((0, P::WrongOrder))));
        let cut = with(|links| links.truncate(1));
        assert_eq!(check(&cut, head(3), None), (1, Some((2, P::Truncated))));
        assert_eq!(check(&[], head(3), None), (0, Some((1, P::Truncated))));
        assert_eq!(check(&chain(3), head(2), None), (2, Some((3, P::BeyondHead))));
        let odd = ChainHead { sequence: 0, hash: hash(9) };
        assert_eq!(check(&[], odd, None), (0, Some((0, P::HeadChanged))));
    }

    #[test]
    fn a_known_head_shows_what_the_chain_itself_cannot() {
        use ChainProblem as P;
        assert_eq!(check(&chain(2), head(2), Some(head(3))), (2, Some((3, P::Truncated))));
        assert_eq!(check(&[], ChainHead::EMPTY, Some(head(1))), (0, Some((1, P::Truncated))));
        let other = ChainHead { hash: hash(99), ..head(2) };
        assert_eq!(check(&chain(3), head(3), Some(other)), (1, Some((2, P::Rewritten))));
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_changed() {
        let mut check = ChainCheck::new(head(3), None);
        check.entry(&link(1));
        check.unreadable(2);
        check.entry(&link(3));
        let report = check.finish(TicketId::new(Uuid::nil()), TicketNumber::new(2026, 1));
        let broken = ChainBreak { sequence: 2, problem: ChainProblem::Changed };
        assert_eq!((report.entries, report.last, report.broken), (1, head(1), Some(broken)));
    }
}
