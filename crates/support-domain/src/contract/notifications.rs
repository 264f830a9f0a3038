//! In-app notifications and the outbox.

use crate::contract::sample::{agent_id, at, customer_id, ticket, ticket_id, uuid};
use crate::contract::scene::Scene;
use crate::entity::{Delivery, DeliveryState, Notification, NotificationKind};
use crate::id::{NotificationId, OutboxId, UserId};
use crate::value::Channel;

pub(super) fn unset_and_set_fields_come_back(scene: &Scene) {
    prepare(scene);
    let mut expected: Vec<Notification> = (1..)
        .zip(NotificationKind::ALL)
        .map(|(n, kind)| Notification { kind: *kind, ..notification(n, customer_id(1)) })
        .collect();
    expected[1].read_at = Some(at(8));
    expected[2].text = "„Größe“ 'a' \"b\"; -- 🦀\n".repeat(200);
    expected[3].ticket_id = ticket_id(2);
    add(scene, &expected);
    expected.reverse();
    assert_eq!(list(scene, customer_id(1), None, 50), expected);
}

pub(super) fn the_newest_come_first_page_by_page(scene: &Scene) {
    prepare(scene);
    let all: Vec<Notification> = (1..=5).map(|n| notification(n, customer_id(1))).collect();
    add(scene, &all);
    let pages = |before: Option<u64>, limit| {
        list(scene, customer_id(1), before.map(notification_id), limit)
            .iter()
            .map(|notification| notification.id)
            .collect::<Vec<_>>()
    };
    let ids = |numbers: &[u64]| numbers.iter().map(|n| notification_id(*n)).collect::<Vec<_>>();
    assert_eq!(pages(None, 2), ids(&[5, 4]));
    assert_eq!(pages(Some(4), 2), ids(&[3, 2]));
    assert_eq!(pages(Some(2), 2), ids(&[1]));
    assert_eq!(pages(Some(1), 2), ids(&[]));
    assert_eq!(pages(Some(99), 9), ids(&[5, 4, 3, 2, 1]), "a place that no notification has");
}

pub(super) fn everybody_has_their_own_list(scene: &Scene) {
    prepare(scene);
    let agent = UserId::from(agent_id(1));
    add(scene, &[notification(1, customer_id(1)), notification(2, agent), notification(3, customer_id(1))]);
    assert_eq!(list(scene, agent, None, 50), [notification(2, agent)]);
    assert_eq!(list(scene, agent, Some(notification_id(2)), 50), []);
    assert_eq!(list(scene, customer_id(2), None, 50), []);
}

pub(super) fn reading_marks_once_and_keeps_the_time(scene: &Scene) {
    prepare(scene);
    let untouched = notification(2, customer_id(1));
    add(scene, &[notification(1, customer_id(1)), untouched.clone()]);
    let read = Notification { read_at: Some(at(50)), ..notification(1, customer_id(1)) };
    for now in [50, 60] {
        let marked =
            scene.write(move |tx| tx.notifications().mark_read(customer_id(1), notification_id(1), at(now)));
        assert_eq!(marked, Some(read.clone()));
    }
    assert_eq!(list(scene, customer_id(1), None, 50), [untouched, read]);
}

pub(super) fn what_others_have_cannot_be_read(scene: &Scene) {
    prepare(scene);
    add(scene, &[notification(1, customer_id(1))]);
    let mark =
        |user, n| scene.write(move |tx| tx.notifications().mark_read(user, notification_id(n), at(50)));
    assert_eq!(mark(customer_id(2), 1), None);
    assert_eq!(mark(customer_id(1), 9), None);
    assert_eq!(list(scene, customer_id(1), None, 50), [notification(1, customer_id(1))], "still unread");
}

pub(super) fn the_outbox_is_listed_oldest_first(scene: &Scene) {
    prepare(scene);
    assert_eq!(scene.read(|tx| tx.notifications().list_outbox(10)), []);
    let delivery = |n: u64, channel, kind, state| Delivery {
        id: OutboxId::new(uuid(13, n)),
        channel,
        user_id: customer_id(1 + n % 2),
        ticket_id: ticket_id(1),
        kind,
        text: format!("„Größe“ 'a' \"b\" 🦀 {n}"),
        state,
        created_at: at(i64::try_from(n).expect("a small number")),
    };
    let first = delivery(1, Channel::Email, NotificationKind::TicketCreated, DeliveryState::Pending);
    let second = delivery(2, Channel::Webhook, NotificationKind::Manual, DeliveryState::Skipped);
    let third = delivery(3, Channel::Email, NotificationKind::TicketResolved, DeliveryState::Skipped);
    let backwards = [third.clone(), second.clone(), first.clone()];
    scene.write(move |tx| backwards.iter().try_for_each(|delivery| tx.notifications().enqueue(delivery)));
    let listed = |limit| scene.read(move |tx| tx.notifications().list_outbox(limit));
    assert_eq!(listed(10), [first.clone(), second.clone(), third]);
    assert_eq!(listed(2), [first, second]);
}

fn prepare(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ())]);
}

fn notification_id(n: u64) -> NotificationId {
    NotificationId::new(uuid(12, n))
}

/// Unread notification `n` about ticket 1.
fn notification(n: u64, user: UserId) -> Notification {
    Notification {
        id: notification_id(n),
        user_id: user,
        ticket_id: ticket_id(1),
        kind: NotificationKind::TicketAssigned,
        text: format!("Notification {n}"),
        created_at: at(i64::try_from(n).expect("a small number")),
        read_at: None,
    }
}

fn add(scene: &Scene, notifications: &[Notification]) {
    let notifications = notifications.to_vec();
    scene.write(move |tx| notifications.iter().try_for_each(|one| tx.notifications().insert(one)));
}

fn list(scene: &Scene, user: UserId, before: Option<NotificationId>, limit: u32) -> Vec<Notification> {
    scene.read(move |tx| tx.notifications().list(user, before, limit))
}
