//! A ticket's life, rule by rule, on a desk in memory.

mod common;

use chrono::TimeDelta;
use common::{World, as_agent, customer, now_or_never};
use support_domain::command::{EscalateTo, UpdateAgent};
use support_domain::entity::Action;
use support_domain::error::{Entity, Error, RuleViolation};
use support_domain::value::{
    AgentStatus, Category, Fingerprint, IdempotencyKey, Priority, SenderType, Status,
};

fn desk() -> World {
    let world = World::default();
    world.department("Technical Support", 1, &[Category::Technical]);
    world
}

#[test]
fn the_history_of_the_specification_comes_about() {
    let world = desk();
    let john = world.agent("John Doe", "Technical Support", 1, 10);
    let jane = world.agent("Jane Smith", "Technical Support", 2, 10);
    let ana = customer(1);
    let id = world.create(&ana, Priority::High, false).id;
    world.assign(id, Some(john.id), false).expect("assigned");
    world.say(&as_agent(&john), id, "We're looking into this issue").expect("said");
    world.escalate(&as_agent(&john), id, EscalateTo::Next).expect("escalated");
    world.status(&as_agent(&jane), id, Status::Resolved).expect("resolved");
    world.status(&ana, id, Status::Closed).expect("closed");

    let told: Vec<_> = world
        .history(id)
        .into_iter()
        .map(|entry| (entry.entry.action, entry.entry.details.unwrap_or_default()))
        .collect();
    let expected = [
        (Action::TicketCreated, "Ticket created by customer"),
        (Action::TicketAssigned, "Assigned to John Doe (Technical Support)"),
        (Action::StatusChanged, "Status changed from OPEN to IN_PROGRESS"),
        (Action::MessageSent, "Agent sent message: 'We're looking into this issue'"),
        (Action::TicketEscalated, "Escalated to Tier 2 agent (Jane Smith): Needs database access"),
        (Action::TicketResolved, "Resolved: Issue fixed in latest update"),
        (Action::TicketClosed, "Ticket closed by customer"),
    ];
    assert_eq!(told, expected.map(|(action, details)| (action, details.to_owned())));

    let ticket = world.ticket(id);
    assert_eq!(ticket.assigned_to.as_ref().map(|agent| agent.id), Some(john.id), "the record of who had it");
    assert_eq!(ticket.escalated_to.as_ref().map(|agent| agent.id), Some(jane.id));
    let messages = world.messages(id);
    let types: Vec<_> = messages.iter().map(|message| message.sender_type).collect();
    let (system, agent) = (SenderType::System, SenderType::Agent);
    assert_eq!(types, [system, agent, system, system, system]);
    assert_eq!(ticket.message_count, 5);
    assert_eq!(ticket.first_response_at, Some(messages[1].created_at));
    assert!(world.agents().iter().all(|agent| agent.active_tickets == 0));
}

#[test]
fn waiting_tickets_go_out_most_urgent_first_then_oldest() {
    let world = desk();
    let ana = customer(1);
    let by_hand = world.create(&ana, Priority::Urgent, false).id;
    let low = world.create(&ana, Priority::Low, true).id;
    let old = world.create(&ana, Priority::High, true).id;
    let young = world.create(&ana, Priority::High, true).id;
    let agent = world.agent("Ada Byron", "Technical Support", 1, 1);
    let taken = |expected| {
        let active: Vec<_> =
            world.tickets().into_iter().filter(|t| t.status.is_active()).map(|t| t.id).collect();
        assert_eq!(active, [expected]);
    };
    taken(old);
    world.status(&as_agent(&agent), old, Status::Resolved).expect("resolved");
    taken(young);
    world.status(&as_agent(&agent), young, Status::Resolved).expect("resolved");
    taken(low);
    assert_eq!(world.ticket(by_hand).status, Status::Open, "nobody asked for its assignment");
    assert_eq!(world.actions(low), [Action::TicketCreated, Action::TicketAssigned, Action::StatusChanged]);
}

#[test]
fn capacity_holds_for_assignment_and_yields_to_force_and_reopening() {
    let world = desk();
    let ana = customer(1);
    let agent = world.agent("Ada Byron", "Technical Support", 1, 1);
    let first = world.create(&ana, Priority::Medium, true).id;
    assert_eq!(world.agent_now(agent.id).status, AgentStatus::Busy);
    let second = world.create(&ana, Priority::Medium, false).id;
    let refused = world.assign(second, Some(agent.id), false);
    assert!(matches!(
        refused,
        Err(Error::Refused(RuleViolation::AgentAtCapacity { active: 1, capacity: 1 }))
    ));
    world.assign(second, Some(agent.id), true).expect("forced");
    world.status(&as_agent(&agent), first, Status::Resolved).expect("resolved");
    assert_eq!(world.agent_now(agent.id).status, AgentStatus::Busy, "still at capacity");
    world.status(&ana, first, Status::InProgress).expect("reopened");
    assert_eq!(world.agent_now(agent.id).active_tickets, 2);
    assert_eq!(world.ticket(first).resolution, None);
    assert_eq!(world.actions(first).last(), Some(&Action::TicketReopened));
}

#[test]
fn away_is_respected_and_coming_back_takes_what_waits() {
    let world = desk();
    let agent = world.agent("Ada Byron", "Technical Support", 1, 2);
    let set = |status| {
        let command = UpdateAgent { status: Some(status), ..UpdateAgent::default() };
        now_or_never(world.desk.update_agent(&as_agent(&agent), agent.id, command)).expect("set")
    };
    set(AgentStatus::Away);
    let id = world.create(&customer(1), Priority::Medium, true).id;
    assert_eq!(world.ticket(id).status, Status::Open);
    assert!(matches!(world.assign(id, Some(agent.id), true), Err(Error::Refused(RuleViolation::AgentAway))));
    set(AgentStatus::Available);
    assert_eq!(world.ticket(id).handler().map(|handler| handler.id), Some(agent.id));
}

#[test]
fn reassigning_an_escalated_ticket_clears_the_escalation() {
    let world = desk();
    let john = world.agent("John Doe", "Technical Support", 1, 10);
    let jane = world.agent("Jane Smith", "Technical Support", 2, 10);
    let id = world.create(&customer(1), Priority::Medium, false).id;
    world.assign(id, Some(john.id), false).expect("assigned");
    world.escalate(&as_agent(&john), id, EscalateTo::Agent(jane.id)).expect("escalated");
    world.assign(id, Some(john.id), false).expect("reassigned");
    let ticket = world.ticket(id);
    assert_eq!((ticket.status, &ticket.escalated_to), (Status::InProgress, &None));
    assert_eq!(world.actions(id)[4..], [Action::AgentReassigned, Action::StatusChanged]);
    assert_eq!((world.agent_now(john.id).active_tickets, world.agent_now(jane.id).active_tickets), (1, 0));
    let refused = world.escalate(&as_agent(&jane), id, EscalateTo::Next);
    assert!(matches!(refused, Err(Error::NotFound(Entity::Ticket))), "she no longer handles it");
}

#[test]
fn closed_is_final() {
    let world = desk();
    let agent = world.agent("Ada Byron", "Technical Support", 1, 10);
    let ana = customer(1);
    let id = world.create(&ana, Priority::Medium, true).id;
    world.status(&as_agent(&agent), id, Status::Resolved).expect("resolved");
    world.status(&ana, id, Status::Closed).expect("closed");
    let before = (world.ticket(id), world.history(id));
    assert!(matches!(world.say(&ana, id, "hello?"), Err(Error::Refused(RuleViolation::TicketClosed))));
    for status in Status::ALL {
        let refused = world.status(&world.admin, id, *status);
        assert!(matches!(
            refused,
            Err(Error::Refused(RuleViolation::InvalidTransition { from: Status::Closed, .. }))
        ));
    }
    assert!(world.assign(id, Some(agent.id), true).is_err());
    assert!(world.escalate(&world.admin, id, EscalateTo::Next).is_err());
    assert_eq!(before, (world.ticket(id), world.history(id)));
}

#[test]
fn customers_close_and_reopen_what_is_resolved_and_no_more() {
    let world = desk();
    let john = world.agent("John Doe", "Technical Support", 1, 10);
    let jane = world.agent("Jane Smith", "Technical Support", 2, 10);
    let ana = customer(1);
    let id = world.create(&ana, Priority::Medium, true).id;
    world.escalate(&as_agent(&john), id, EscalateTo::Agent(jane.id)).expect("escalated");
    assert!(matches!(world.status(&ana, id, Status::InProgress), Err(Error::Forbidden(_))));
    assert!(matches!(world.status(&ana, id, Status::Resolved), Err(Error::Forbidden(_))));
    world.status(&as_agent(&jane), id, Status::Resolved).expect("resolved");
    world.status(&ana, id, Status::InProgress).expect("reopened");
    world.status(&as_agent(&jane), id, Status::Resolved).expect("resolved");
    world.status(&ana, id, Status::Closed).expect("closed");
}

#[test]
fn history_knows_a_performer_whose_token_has_no_name() {
    let world = desk();
    let john = world.agent("John Doe", "Technical Support", 1, 10);
    let id = world.create(&customer(1), Priority::Medium, true).id;
    let nameless = support_domain::actor::Actor::new(john.id.into(), support_domain::value::Role::Agent);
    world.say(&nameless, id, "On it.").expect("said");
    let last = world.history(id).pop().expect("an entry");
    assert_eq!(last.entry.performed_by_name.as_str(), "John Doe");
}

#[test]
fn a_request_is_remembered_by_its_key_for_two_days() {
    let world = desk();
    let create = || {
        let mut command = World::new_ticket(Category::Technical, Priority::Low, false);
        let key = IdempotencyKey::parse("one-and-the-same").expect("a key");
        command.idempotency = Some((key, Fingerprint([7; 32])));
        now_or_never(world.desk.create_ticket(&customer(1), command)).expect("created").repeated
    };
    assert!(!create());
    world.clock.advance(TimeDelta::days(2));
    assert!(create());
    world.clock.advance(TimeDelta::seconds(1));
    assert!(!create(), "it was forgotten");
}
