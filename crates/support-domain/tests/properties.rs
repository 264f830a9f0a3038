//! Whatever is asked of a desk, in whatever order, these stay true.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a failed step is a failed test")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{World, as_agent, customer, department, now_or_never};
use proptest::prelude::*;
use support_domain::actor::Actor;
use support_domain::command::{EscalateTo, UpdateAgent, UpdateTicket};
use support_domain::entity::{Action, Agent, HistoryEntry, Ticket, TicketChanges, Tier};
use support_domain::id::{AgentId, TicketId};
use support_domain::rules::{assignment, transition};
use support_domain::value::{AgentStatus, Category, Priority, Status};

#[derive(Clone, Debug)]
enum Op {
    Create { category: Category, priority: Priority, auto_assign: bool },
    Assign { ticket: usize, agent: Option<usize>, force: bool },
    Escalate { ticket: usize, to: To },
    Become { ticket: usize, status: Status, by_customer: bool },
    Say { ticket: usize, by_customer: bool },
    Move { ticket: usize, home: usize, priority: Priority },
    Availability { agent: usize, status: AgentStatus },
    Capacity { agent: usize, capacity: u32 },
}

#[derive(Clone, Debug)]
enum To {
    Next,
    Tier(i64),
    Department(usize),
    Agent(usize),
}

const HOMES: [&str; 3] = ["Technical Support", "Loan Services", "General Support"];

fn op() -> impl Strategy<Value = Op> {
    let ticket = 0..12_usize;
    let agent = 0..6_usize;
    let category =
        prop::sample::select(&[Category::Technical, Category::Loan, Category::General, Category::Billing]);
    let priority = prop::sample::select(Priority::ALL);
    let to = prop_oneof![
        Just(To::Next),
        (1..=3_i64).prop_map(To::Tier),
        (0..3_usize).prop_map(To::Department),
        agent.clone().prop_map(To::Agent),
    ];
    prop_oneof![
        4 => (category, priority.clone(), any::<bool>())
            .prop_map(|(category, priority, auto_assign)| Op::Create { category, priority, auto_assign }),
        4 => (ticket.clone(), prop::option::of(agent.clone()), any::<bool>())
            .prop_map(|(ticket, agent, force)| Op::Assign { ticket, agent, force }),
        3 => (ticket.clone(), to).prop_map(|(ticket, to)| Op::Escalate { ticket, to }),
        8 => (ticket.clone(), prop::sample::select(Status::ALL), any::<bool>())
            .prop_map(|(ticket, status, by_customer)| Op::Become { ticket, status, by_customer }),
        2 => (ticket.clone(), any::<bool>()).prop_map(|(ticket, by_customer)| Op::Say { ticket, by_customer }),
        1 => (ticket, 0..3_usize, priority)
            .prop_map(|(ticket, home, priority)| Op::Move { ticket, home, priority }),
        2 => (agent.clone(), prop::sample::select(AgentStatus::ALL))
            .prop_map(|(agent, status)| Op::Availability { agent, status }),
        1 => (agent, 0..4_u32).prop_map(|(agent, capacity)| Op::Capacity { agent, capacity }),
    ]
}

/// All that can be seen of a desk.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    tickets: BTreeMap<TicketId, Ticket>,
    histories: BTreeMap<TicketId, Vec<HistoryEntry>>,
    agents: BTreeMap<AgentId, Agent>,
}

impl Seen {
    fn of(world: &World) -> Self {
        let tickets: BTreeMap<_, _> = world.tickets().into_iter().map(|ticket| (ticket.id, ticket)).collect();
        let histories = tickets.keys().map(|id| (*id, world.history(*id))).collect();
        let agents = world.agents().into_iter().map(|agent| (agent.id, agent)).collect();
        Self { tickets, histories, agents }
    }
}

fn desk() -> World {
    let world = World::default();
    world.department(HOMES[0], 1, &[Category::Technical]);
    world.department(HOMES[1], 2, &[Category::Loan]);
    world.department(HOMES[2], 1, &[Category::General]);
    for (n, (home, tier)) in [(0, 1), (0, 1), (0, 2), (1, 1), (1, 3), (2, 1)].into_iter().enumerate() {
        world.agent(&format!("Agent {n}"), HOMES[home], tier, 2);
    }
    world
}

/// Runs `op`; returns the ticket it was about and whether it was done.
fn run(world: &World, tickets: &mut Vec<TicketId>, agents: &[AgentId], op: &Op) -> (Option<TicketId>, bool) {
    let ana = customer(1);
    let named = |index: &usize| tickets.get(*index % tickets.len().max(1)).copied();
    let actor = |by_customer: bool| if by_customer { ana.clone() } else { world.admin.clone() };
    match op {
        Op::Create { category, priority, auto_assign } => {
            let command = World::new_ticket(*category, *priority, *auto_assign);
            let id = now_or_never(world.desk.create_ticket(&ana, command)).expect("created").ticket.id;
            tickets.push(id);
            (Some(id), true)
        }
        Op::Assign { ticket, agent, force } => {
            let Some(id) = named(ticket) else { return (None, false) };
            (Some(id), world.assign(id, agent.map(|agent| agents[agent]), *force).is_ok())
        }
        Op::Escalate { ticket, to } => {
            let Some(id) = named(ticket) else { return (None, false) };
            let to = match to {
                To::Next => EscalateTo::Next,
                To::Tier(tier) => EscalateTo::Tier(Tier::new(*tier).expect("tier")),
                To::Department(home) => EscalateTo::Department(department(HOMES[*home])),
                To::Agent(agent) => EscalateTo::Agent(agents[*agent]),
            };
            (Some(id), world.escalate(&world.admin, id, to).is_ok())
        }
        Op::Become { ticket, status, by_customer } => {
            let Some(id) = named(ticket) else { return (None, false) };
            (Some(id), world.status(&actor(*by_customer), id, *status).is_ok())
        }
        Op::Say { ticket, by_customer } => {
            let Some(id) = named(ticket) else { return (None, false) };
            (Some(id), world.say(&actor(*by_customer), id, "Any news?").is_ok())
        }
        Op::Move { ticket, home, priority } => {
            let Some(id) = named(ticket) else { return (None, false) };
            let details = TicketChanges {
                department: Some(department(HOMES[*home])),
                priority: Some(*priority),
                ..TicketChanges::default()
            };
            let command = UpdateTicket { details, ..UpdateTicket::default() };
            (Some(id), now_or_never(world.desk.update_ticket(&world.admin, id.into(), command)).is_ok())
        }
        Op::Availability { agent, status } => {
            let agent = world.agent_now(agents[*agent]);
            let command = UpdateAgent { status: Some(*status), ..UpdateAgent::default() };
            let by: Actor = as_agent(&agent);
            (None, now_or_never(world.desk.update_agent(&by, agent.id, command)).is_ok())
        }
        Op::Capacity { agent, capacity } => {
            let command = UpdateAgent { capacity: Some(*capacity), ..UpdateAgent::default() };
            (None, now_or_never(world.desk.update_agent(&world.admin, agents[*agent], command)).is_ok())
        }
    }
}

fn workload_equals_the_handled_tickets(seen: &Seen) {
    for agent in seen.agents.values() {
        let handled =
            seen.tickets.values().filter(|ticket| ticket.active_handler() == Some(agent.id)).count();
        assert_eq!(agent.active_tickets as usize, handled, "{agent:?}");
        assert!(agent.status != AgentStatus::Available || agent.has_room(), "{agent:?}");
    }
    let active = seen.tickets.values().filter(|ticket| ticket.status.is_active()).count();
    let counted: u32 = seen.agents.values().map(|agent| agent.active_tickets).sum();
    assert_eq!(counted as usize, active, "each active ticket counts for exactly one agent");
}

fn only_the_seven_transitions_happened(before: &Seen, after: &Seen) {
    for (id, ticket) in &after.tickets {
        let old = before.tickets.get(id).map_or(Status::Open, |ticket| ticket.status);
        assert!(
            old == ticket.status || transition::check(old, ticket.status).is_ok(),
            "{old} to {}",
            ticket.status
        );
    }
}

fn history_only_grows_and_chains(before: &Seen, after: &Seen) {
    for (id, history) in &after.histories {
        let old = before.histories.get(id).map_or(&[][..], Vec::as_slice);
        assert!(history.starts_with(old), "history is never rewritten");
        let mut previous = [0; 32];
        for (sequence, entry) in (1..).zip(history) {
            assert_eq!((entry.sequence, entry.previous_hash), (sequence, previous));
            previous = entry.hash;
        }
    }
}

/// What `op` must have written about its ticket.
fn expected_actions(op: &Op, before: Option<&Ticket>, after: &Ticket) -> Option<Vec<Action>> {
    let old = before.map_or(Status::Open, |ticket| ticket.status);
    Some(match op {
        Op::Create { .. } if after.status == Status::Open => vec![Action::TicketCreated],
        Op::Create { .. } => vec![Action::TicketCreated, Action::TicketAssigned, Action::StatusChanged],
        Op::Assign { .. } if old == Status::Open && after.status == Status::InProgress => {
            vec![Action::TicketAssigned, Action::StatusChanged]
        }
        Op::Assign { .. } if old == Status::Escalated => vec![Action::AgentReassigned, Action::StatusChanged],
        Op::Assign { .. } if before.and_then(Ticket::active_handler) != after.active_handler() => {
            vec![Action::AgentReassigned]
        }
        Op::Escalate { .. } => vec![Action::TicketEscalated],
        Op::Become { status: Status::Resolved, .. } => vec![Action::TicketResolved],
        Op::Become { status: Status::Closed, .. } => vec![Action::TicketClosed],
        Op::Become { .. } if old == Status::Resolved => vec![Action::TicketReopened],
        Op::Become { .. } => vec![Action::StatusChanged],
        Op::Say { .. } => vec![Action::MessageSent],
        _ => return None,
    })
}

fn nobody_waits_beside_a_free_agent(seen: &Seen) {
    let homes = [(Category::Technical, HOMES[0]), (Category::Loan, HOMES[1]), (Category::General, HOMES[2])];
    for ticket in seen.tickets.values().filter(|ticket| ticket.waiting) {
        let served =
            homes.iter().find(|(category, _)| *category == ticket.category).map(|(_, home)| department(home));
        let Some(home) = ticket.department.clone().or(served) else { continue };
        let agents = seen.agents.values().filter(|agent| agent.department == home);
        assert_eq!(assignment::pick(ticket, agents), None, "{ticket:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_of_a_desk_hold(ops in prop::collection::vec(op(), 1..60)) {
        let world = desk();
        let agents: Vec<AgentId> = {
            let mut agents = world.agents();
            agents.sort_by(|a, b| a.name.cmp(&b.name));
            agents.iter().map(|agent| agent.id).collect()
        };
        let mut tickets = Vec::new();
        let mut away: BTreeSet<AgentId> = BTreeSet::new();
        let mut before = Seen::of(&world);
        for op in &ops {
            let (about, done) = run(&world, &mut tickets, &agents, op);
            let after = Seen::of(&world);
            if !done {
                assert_eq!(before, after, "a refused command changes nothing: {op:?}");
            }
            workload_equals_the_handled_tickets(&after);
            only_the_seven_transitions_happened(&before, &after);
            history_only_grows_and_chains(&before, &after);
            nobody_waits_beside_a_free_agent(&after);
            if let Op::Availability { agent, status } = op {
                if *status == AgentStatus::Away { away.insert(agents[*agent]) } else { away.remove(&agents[*agent]) };
            }
            let shown: BTreeSet<_> = after.agents.values().filter(|a| a.status == AgentStatus::Away).map(|a| a.id).collect();
            assert_eq!(shown, away, "away is only ever set by a person");
            if let (Some(id), true) = (about, done) {
                let (old, new) = (before.tickets.get(&id), &after.tickets[&id]);
                if let Some(expected) = expected_actions(op, old, new) {
                    let seen = before.histories.get(&id).map_or(0, Vec::len);
                    let written: Vec<_> = after.histories[&id][seen..].iter().map(|e| e.entry.action).collect();
                    assert_eq!(written, expected, "{op:?}");
                }
            }
            for id in &tickets {
                let sequences: Vec<_> = world.messages(*id).iter().map(|message| message.sequence).collect();
                let count = after.tickets[id].message_count;
                assert_eq!(sequences, (1..=count).collect::<Vec<_>>());
            }
            before = after;
        }
    }
}
