//! What the callers of a storm know in common, and what came of their calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use rand::RngExt;
use rand::rngs::StdRng;
use support_tests::load::pages;
use support_tests::load::wire::{Agent, Ticket};
use support_tests::{Http, Response};

/// What a caller may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ask {
    AssignByRule,
    AssignNamed,
    Escalate,
    Progress,
    Resolve,
    Reopen,
    Close,
}

impl Ask {
    /// The refusals that the rules have for it.
    fn refusals(self) -> &'static [&'static str] {
        match self {
            Self::AssignByRule => &["invalid_transition", "no_agent_available"],
            Self::AssignNamed => &["invalid_transition", "agent_at_capacity"],
            Self::Escalate => {
                &["invalid_transition", "no_escalation_target", "tier_too_low", "agent_at_capacity"]
            }
            Self::Progress => &[],
            Self::Reopen => &["invalid_transition", "assignee_required"],
            Self::Resolve | Self::Close => &["invalid_transition"],
        }
    }

    /// What a refusal is called, if the rules have one like it for this.
    fn refusal(self, response: &Response) -> Option<&'static str> {
        if self == Self::Progress && response.status == 412 {
            return Some("lost");
        }
        self.refusals().iter().copied().find(|code| response.problem(409, code).is_ok())
    }
}

/// Shared by all threads. Where a ticket stands is hearsay here: it may have changed since.
#[derive(Default)]
pub(crate) struct Board {
    /// Tickets that creators have begun.
    pub(crate) begun: AtomicUsize,
    /// Tickets that exist.
    pub(crate) created: AtomicUsize,
    /// Whether all creators have ended.
    pub(crate) all_created: AtomicBool,
    known: Mutex<Known>,
    tally: Mutex<BTreeMap<(Ask, &'static str), usize>>,
    ledger: Mutex<Ledger>,
}

#[derive(Default)]
struct Known {
    tickets: Vec<String>,
    /// Those for which an assignment was asked for, so that they wait while they are open.
    asked: BTreeSet<String>,
    in_progress: Vec<String>,
    escalated: Vec<String>,
    resolved: Vec<String>,
}

/// Reopened tickets, which may put their handlers over capacity.
#[derive(Default)]
struct Ledger {
    /// Calls that may or may not have been carried out by now.
    under_way: i64,
    /// Tickets that have come back to each agent.
    came_back: BTreeMap<String, i64>,
}

impl Board {
    pub(crate) fn add(&self, ticket: &Ticket, asked: bool) {
        let mut known = lock(&self.known);
        known.tickets.push(ticket.id.clone());
        if asked {
            known.asked.insert(ticket.id.clone());
        }
        drop(known);
        self.created.fetch_add(1, Ordering::SeqCst);
    }

    /// A ticket that `ask` may be about, more often than not one for which it is allowed.
    pub(crate) fn pick(&self, ask: Ask, dice: &mut StdRng) -> Option<String> {
        let known = lock(&self.known);
        let likely = match ask {
            Ask::AssignByRule | Ask::AssignNamed => &known.tickets,
            Ask::Progress => &known.escalated,
            Ask::Resolve if dice.random_ratio(1, 2) => &known.escalated,
            Ask::Escalate | Ask::Resolve => &known.in_progress,
            Ask::Reopen | Ask::Close => &known.resolved,
        };
        let from = if likely.is_empty() || dice.random_ratio(1, 10) { &known.tickets } else { likely };
        (!from.is_empty()).then(|| from[dice.random_range(0..from.len())].clone())
    }

    /// Tells the others where tickets stand.
    pub(crate) fn refresh(&self, http: &Http) {
        let ids = |status: &str| -> Vec<String> {
            let path = format!("/support/tickets?status={status}&limit=200");
            let page = http.get(&path).unwrap().expect(200).unwrap();
            let tickets: Vec<Ticket> = serde_json::from_value(page["items"].clone()).unwrap();
            tickets.into_iter().map(|ticket| ticket.id).collect()
        };
        let (in_progress, escalated, resolved) = (ids("in-progress"), ids("escalated"), ids("resolved"));
        let mut known = lock(&self.known);
        known.in_progress = in_progress;
        known.escalated = escalated;
        known.resolved = resolved;
    }

    /// Sees that an answer is one that the rules have for `ask`, and counts it.
    pub(crate) fn answered(&self, ask: Ask, response: &Response) -> Option<Ticket> {
        let (outcome, ticket) = if response.status == 200 {
            ("done", Some(pages::read::<Ticket>(response, 200).unwrap()))
        } else {
            (ask.refusal(response).unwrap_or_else(|| panic!("{ask:?} got {response:?}")), None)
        };
        *lock(&self.tally).entry((ask, outcome)).or_default() += 1;
        let by_rule = ticket.as_ref().filter(|_| ask == Ask::AssignByRule);
        if let Some(ticket) = by_rule {
            lock(&self.known).asked.insert(ticket.id.clone());
        }
        ticket
    }

    /// How often `ask` was carried out.
    pub(crate) fn done(&self, ask: Ask) -> usize {
        lock(&self.tally).get(&(ask, "done")).copied().unwrap_or_default()
    }

    /// All answers, counted.
    pub(crate) fn tally(&self) -> String {
        format!("{:?}", lock(&self.tally))
    }

    pub(crate) fn reopening(&self) {
        lock(&self.ledger).under_way += 1;
    }

    pub(crate) fn reopened(&self, ticket: Option<&Ticket>) {
        let mut ledger = lock(&self.ledger);
        ledger.under_way -= 1;
        if let Some(handler) = ticket.and_then(Ticket::handler) {
            *ledger.came_back.entry(handler.to_owned()).or_default() += 1;
        }
    }

    /// Looks at all agents: nobody has more tickets than they take, but for those that came back to them.
    pub(crate) fn inspect(&self, http: &Http) {
        let agents: Vec<Agent> = pages::agents(http).unwrap();
        // After the look: whatever was carried out before it is in here.
        let ledger = lock(&self.ledger);
        for agent in agents {
            let came_back = ledger.came_back.get(&agent.id).copied().unwrap_or_default() + ledger.under_way;
            assert!(agent.active_tickets <= agent.capacity + came_back, "{agent:?}, {came_back} came back");
            let expected = if agent.active_tickets < agent.capacity { "available" } else { "busy" };
            assert_eq!(agent.status, expected, "{agent:?}");
        }
    }

    /// The tickets that exist by now; some more may.
    pub(crate) fn tickets(&self) -> Vec<String> {
        lock(&self.known).tickets.clone()
    }

    /// Whether a ticket waits as long as it is open.
    pub(crate) fn was_asked(&self, ticket: &Ticket) -> bool {
        lock(&self.known).asked.contains(&ticket.id)
    }
}

/// A thread that panicked has failed the test already.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}
