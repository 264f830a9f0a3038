//! Files of tickets: who may upload, send and read them, and when they go.

mod common;

use chrono::TimeDelta;
use support_domain::actor::Actor;
use support_domain::command::AddAttachment;
use support_domain::entity::{Action, Upload};
use support_domain::error::{Entity, Error, InputField, RuleViolation};
use support_domain::id::{AttachmentId, TicketId};
use support_domain::value::{Category, FileKey, Priority, Status};
use uuid::Uuid;

use crate::common::{World, as_agent, customer, now_or_never};

fn id(n: u128) -> AttachmentId {
    AttachmentId::new(Uuid::from_u128(n))
}

fn upload(world: &World, by: &Actor, ticket: TicketId, n: u128) -> Result<Upload, Error> {
    add(world, by, ticket, n, false)
}

fn add(world: &World, by: &Actor, ticket: TicketId, n: u128, is_quarantined: bool) -> Result<Upload, Error> {
    let command = AddAttachment {
        ticket: ticket.into(),
        id: id(n),
        name: format!("{n}.png"),
        media_type: "image/png".to_owned(),
        size: 7,
        sha256: [1; 32],
        key: FileKey([3; 32]),
        is_quarantined,
    };
    now_or_never(world.desk.add_attachment(by, command))
}

fn finds(world: &World, by: &Actor, ticket: TicketId, n: u128) -> bool {
    match now_or_never(world.desk.attachment(by, ticket.into(), id(n))) {
        Ok(upload) => upload.id == id(n),
        Err(Error::NotFound(Entity::Attachment | Entity::Ticket)) => false,
        Err(other) => panic!("{other}"),
    }
}

fn refused(result: Result<support_domain::entity::Message, Error>) -> Vec<(InputField, String)> {
    match result {
        Err(Error::Invalid(violations)) => {
            violations.into_iter().map(|violation| (violation.field, violation.detail)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_is_sent_once_by_who_uploaded_it_to_the_ticket() {
    let world = World::default();
    world.department("Technical Support", 1, &[Category::Technical]);
    let (ana, ben) = (customer(1), customer(2));
    let ticket = world.create(&ana, Priority::Low, false).id;
    let other = world.create(&ana, Priority::Low, false).id;
    for (by, ticket, n) in [(&ana, ticket, 1), (&ana, ticket, 2), (&ana, other, 3), (&world.admin, ticket, 4)]
    {
        upload(&world, by, ticket, n).expect("uploaded");
    }
    add(&world, &ana, ticket, 5, true).expect("written down");

    let refusals = refused(world.say_with(&ana, ticket, &[id(1), id(3), id(4), id(5), id(9), id(1)]));
    let expected = [
        (InputField::Attachment(1), "no such attachment"),
        (InputField::Attachment(2), "no such attachment"),
        (InputField::Attachment(3), "no such attachment"),
        (InputField::Attachment(4), "no such attachment"),
        (InputField::Attachment(5), "is named twice"),
    ];
    assert_eq!(refusals, expected.map(|(field, detail)| (field, detail.to_owned())));
    assert_eq!(world.actions(ticket), [Action::TicketCreated], "nothing was changed");

    let message = world.say_with(&ana, ticket, &[id(2), id(1)]).expect("sent");
    let names: Vec<&str> = message.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["2.png", "1.png"], "in the order they were named in");
    let added = Action::AttachmentAdded;
    assert_eq!(world.actions(ticket), [Action::TicketCreated, Action::MessageSent, added, added]);
    let details: Vec<String> =
        world.history(ticket).into_iter().filter_map(|entry| entry.entry.details).collect();
    assert!(details.iter().all(|detail| !detail.contains(".png")), "{details:?}");
    assert_eq!(world.messages(ticket), [message]);

    let again = refused(world.say_with(&ana, ticket, &[id(1)]));
    assert_eq!(again, [(InputField::Attachment(0), "was sent with an earlier message".to_owned())]);
    assert!(matches!(upload(&world, &ben, ticket, 9), Err(Error::NotFound(Entity::Ticket))));
}

#[test]
fn a_file_is_read_by_who_reads_its_ticket() {
    let world = World::default();
    world.department("Technical Support", 1, &[Category::Technical]);
    let agent = world.agent("Tara", "Technical Support", 1, 10);
    let (ana, ben) = (customer(1), customer(2));
    let ticket = world.create(&ana, Priority::Low, false).id;
    let bens = world.create(&ben, Priority::Low, false).id;
    upload(&world, &ana, ticket, 1).expect("uploaded");
    add(&world, &ana, ticket, 2, true).expect("written down");
    assert!(finds(&world, &ana, ticket, 1) && finds(&world, &world.admin, ticket, 1));
    assert!(!finds(&world, &ben, ticket, 1), "another customer");
    assert!(!finds(&world, &ben, bens, 1), "by way of a ticket of their own");
    assert!(!finds(&world, &world.admin, bens, 1));
    assert!(!finds(&world, &as_agent(&agent), ticket, 1), "an agent who does not handle it");
    assert!(!finds(&world, &world.admin, ticket, 2), "what is in quarantine is served to nobody");
    world.assign(ticket, Some(agent.id), false).expect("assigned");
    assert!(finds(&world, &as_agent(&agent), ticket, 1));
}

#[test]
fn a_closed_ticket_takes_no_file_and_keeps_what_it_has() {
    let world = World::default();
    world.department("Technical Support", 1, &[Category::Technical]);
    let agent = world.agent("Tara", "Technical Support", 1, 10);
    let ana = customer(1);
    let ticket = world.create(&ana, Priority::Low, false).id;
    world.assign(ticket, Some(agent.id), false).expect("assigned");
    upload(&world, &ana, ticket, 1).expect("uploaded");
    world.status(&world.admin, ticket, Status::Resolved).expect("resolved");
    world.status(&ana, ticket, Status::Closed).expect("closed");
    let refused = now_or_never(world.desk.check_upload(&ana, ticket.into()));
    assert!(matches!(refused, Err(Error::Refused(RuleViolation::TicketClosed))));
    assert!(matches!(upload(&world, &ana, ticket, 2), Err(Error::Refused(RuleViolation::TicketClosed))));
    assert!(matches!(
        world.say_with(&ana, ticket, &[id(1)]),
        Err(Error::Refused(RuleViolation::TicketClosed))
    ));
    assert!(finds(&world, &ana, ticket, 1));
    add(&world, &ana, ticket, 3, true).expect("what is harmful is written down all the same");
}

#[test]
fn nobody_fills_the_storage_with_what_they_never_send() {
    let world = World::default();
    let (ana, ticket) = (customer(1), world.create(&customer(1), Priority::Low, false).id);
    for n in 1..=100 {
        upload(&world, &ana, ticket, n).expect("uploaded");
    }
    let refused = upload(&world, &ana, ticket, 101);
    assert!(
        matches!(refused, Err(Error::Refused(RuleViolation::TooManyUploads { most: 100 }))),
        "{refused:?}"
    );
    upload(&world, &world.admin, ticket, 102).expect("another person");
    world.say_with(&ana, ticket, &[id(1)]).expect("sent");
    upload(&world, &ana, ticket, 101).expect("there is room again");
}

#[test]
fn what_is_not_sent_goes_after_a_day_and_quarantine_after_a_month() {
    let world = World::default();
    let (ana, ticket) = (customer(1), world.create(&customer(1), Priority::Low, false).id);
    upload(&world, &ana, ticket, 1).expect("uploaded");
    upload(&world, &ana, ticket, 2).expect("uploaded");
    add(&world, &ana, ticket, 3, true).expect("written down");
    world.say_with(&ana, ticket, &[id(2)]).expect("sent");
    let prune = || now_or_never(world.desk.prune_attachments(10)).unwrap();
    world.clock.advance(TimeDelta::hours(24));
    assert_eq!(prune().unsent, []);
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!((prune().unsent, prune().unsent), (vec![id(1)], vec![]));
    assert!(!finds(&world, &ana, ticket, 1) && finds(&world, &ana, ticket, 2));
    assert_eq!(prune().quarantined, []);
    world.clock.advance(TimeDelta::days(30));
    assert_eq!(prune().quarantined, [id(3)]);
    let known = now_or_never(world.desk.known_attachments(vec![id(1), id(2), id(3)])).unwrap();
    assert_eq!(known, [id(2)]);
}
