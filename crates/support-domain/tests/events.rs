//! What those who watch are told of a ticket's life.

mod common;

use common::{World, as_agent, customer, department, now_or_never};
use support_domain::command::{EscalateTo, UpdateTicket};
use support_domain::entity::{TicketChanges, TicketField};
use support_domain::event::{Event, TicketFilterKey};
use support_domain::port::MessageWindow;
use support_domain::value::{Category, Priority, Status};

fn desk() -> World {
    let world = World::default();
    world.department("Technical Support", 1, &[Category::Technical]);
    world
}

fn changes(event: &Event) -> (&[TicketField], Option<&TicketFilterKey>) {
    match event {
        Event::TicketUpdated { changes, before, .. } => (changes.as_slice(), Some(before)),
        _ => (&[], None),
    }
}

#[test]
fn a_change_names_the_fields_that_differ_and_where_the_ticket_stood() {
    let world = desk();
    let tara = world.agent("Tara Quinn", "Technical Support", 1, 10);
    let id = world.create(&customer(1), Priority::Low, false).id;
    drop(world.publisher.take());

    world.assign(id, Some(tara.id), false).expect("assigned");
    let events = world.publisher.take();
    assert!(matches!(
        events.as_slice(),
        [
            Event::AgentStatusChanged { .. },
            Event::NewMessage { .. },
            Event::TicketAssigned { .. },
            Event::TicketUpdated { .. }
        ]
    ));
    let open = TicketFilterKey { status: Status::Open, department: None };
    let fields =
        [TicketField::Status, TicketField::AssignedTo, TicketField::AssignedToName, TicketField::Department];
    assert_eq!(changes(&events[3]), (fields.as_slice(), Some(&open)));
    assert!(matches!(&events[2], Event::TicketAssigned { previous: None, before, .. } if *before == open));

    let priority = TicketChanges { priority: Some(Priority::Urgent), ..TicketChanges::default() };
    let command = UpdateTicket { details: priority, ..UpdateTicket::default() };
    now_or_never(world.desk.update_ticket(&world.admin, id.into(), command.clone())).expect("updated");
    let home = Some(department("Technical Support"));
    let in_progress = TicketFilterKey { status: Status::InProgress, department: home };
    assert_eq!(changes(&world.publisher.take()[0]), ([TicketField::Priority].as_slice(), Some(&in_progress)));

    now_or_never(world.desk.update_ticket(&world.admin, id.into(), command)).expect("taken");
    assert!(world.publisher.take().is_empty(), "what is so already is no change");

    world.status(&as_agent(&tara), id, Status::Resolved).expect("resolved");
    let events = world.publisher.take();
    let fields =
        [TicketField::Status, TicketField::Resolution, TicketField::ResolvedAt, TicketField::ResolvedBy];
    let updated = events.iter().find(|event| matches!(event, Event::TicketUpdated { .. })).expect("told");
    assert_eq!(changes(updated), (fields.as_slice(), Some(&in_progress)));
}

#[test]
fn a_new_handler_is_told_with_the_one_before() {
    let world = desk();
    let tara = world.agent("Tara Quinn", "Technical Support", 1, 10);
    let jane = world.agent("Jane Smith", "Technical Support", 2, 10);
    let id = world.create(&customer(1), Priority::Low, false).id;
    world.assign(id, Some(tara.id), false).expect("assigned");
    drop(world.publisher.take());
    let previous = |events: &[Event]| {
        events.iter().find_map(|event| match event {
            Event::TicketAssigned { agent, previous, .. }
            | Event::TicketEscalated { agent, previous, .. } => {
                Some((agent.id, previous.as_ref().map(|handler| handler.id)))
            }
            _ => None,
        })
    };
    world.escalate(&as_agent(&tara), id, EscalateTo::Next).expect("escalated");
    assert_eq!(previous(&world.publisher.take()), Some((jane.id, Some(tara.id))));
    world.assign(id, Some(tara.id), false).expect("assigned");
    assert_eq!(previous(&world.publisher.take()), Some((tara.id, Some(jane.id))));
}

#[test]
fn a_conversation_is_read_with_its_ticket() {
    let world = desk();
    let ana = customer(1);
    let id = world.create(&ana, Priority::Low, false).id;
    (1..=5).for_each(|n| drop(world.say(&ana, id, &format!("Message {n}")).expect("said")));
    let read = |actor, after| {
        let window = MessageWindow::After(after);
        now_or_never(world.desk.conversation(actor, id.into(), window, 2))
    };
    let (ticket, messages) = read(&ana, 2).expect("hers");
    let sequences: Vec<i64> = messages.iter().map(|message| message.sequence).collect();
    assert_eq!((ticket.message_count, sequences), (5, vec![3, 4]));
    assert!(read(&customer(2), 2).is_err(), "not somebody else's");
}
