//! Uploaded files.

use std::collections::BTreeSet;

use crate::contract::sample::{at, customer_id, message, ticket, ticket_id, uuid};
use crate::contract::scene::Scene;
use crate::entity::{Upload, UploadState};
use crate::error::{Entity, Error, StoreError};
use crate::id::{AttachmentId, MessageId};
use crate::port::PruneCriteria;
use crate::time::Timestamp;
use crate::value::FileKey;

pub(super) fn files_come_back_in_every_state(scene: &Scene) {
    prepare(scene);
    let full = Upload {
        name: format!("größe \"1\"; {}.png", "漢".repeat(80)),
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document".to_owned(),
        size: 5_000_000_000,
        sha256: [0xFE; 32],
        key: FileKey([3; 32]),
        state: UploadState::Sent(sent_with()),
        ..upload(2)
    };
    let quarantined = Upload { state: UploadState::Quarantined, ..upload(3) };
    let all = [upload(1), full, quarantined];
    add(scene, &all);
    for upload in all {
        assert_eq!(find(scene, upload.id), Some(upload));
    }
    assert_eq!(find(scene, id(9)), None);
}

pub(super) fn a_file_is_added_once_to_a_ticket_that_exists(scene: &Scene) {
    prepare(scene);
    add(scene, &[upload(1)]);
    let again = scene.refusal(|tx| tx.attachments().insert(&upload(1)));
    assert_eq!(again, StoreError::Conflict { entity: Entity::Attachment, field: "id" });
    let lost = Upload { ticket_id: ticket_id(99), ..upload(2) };
    scene.refusal(move |tx| tx.attachments().insert(&lost));
    assert_eq!(find(scene, id(2)), None);
}

pub(super) fn saving_changes_the_state_alone(scene: &Scene) {
    prepare(scene);
    add(scene, &[upload(1), upload(2)]);
    scene.write(|tx| {
        let locked = tx.attachments().lock(&[id(1)])?.pop().expect("it exists");
        let sent = Upload { state: UploadState::Sent(sent_with()), name: "other".to_owned(), ..locked };
        tx.attachments().save(&sent)
    });
    let expected = Upload { state: UploadState::Sent(sent_with()), ..upload(1) };
    assert_eq!(find(scene, id(1)), Some(expected));
    assert_eq!(find(scene, id(2)), Some(upload(2)));
    scene.refusal(|tx| tx.attachments().save(&upload(9)));
}

pub(super) fn a_file_is_sent_with_a_message_of_the_same_transaction(scene: &Scene) {
    prepare(scene);
    add(scene, &[upload(1)]);
    let next = message(1, 2);
    scene.write(move |tx| {
        let held = tx.tickets().lock(ticket_id(1))?.expect("the ticket exists");
        tx.tickets().save(&held.count_message(false, next.created_at)?)?;
        tx.messages().append(&next)?;
        tx.attachments().lock(&[id(1)])?;
        tx.attachments().save(&Upload { state: UploadState::Sent(next.id), ..upload(1) })?;
        Ok::<_, Error>(())
    });
    let state = find(scene, id(1)).map(|upload| upload.state);
    assert_eq!(state, Some(UploadState::Sent(message(1, 2).id)));
}

pub(super) fn those_that_exist_are_listed_and_locked_by_id(scene: &Scene) {
    prepare(scene);
    add(scene, &[upload(3), upload(1), upload(2)]);
    let asked = [id(3), id(9), id(1)];
    assert_eq!(scene.read(move |tx| tx.attachments().list(&asked)), [id(1), id(3)]);
    assert_eq!(scene.write(move |tx| tx.attachments().lock(&asked)), [upload(1), upload(3)]);
    assert_eq!(scene.read(|tx| tx.attachments().list(&[])), []);
    assert_eq!(scene.write(|tx| tx.attachments().lock(&[])), []);
}

pub(super) fn those_that_wait_are_counted_by_who_uploaded_them(scene: &Scene) {
    prepare(scene);
    let other = Upload { uploaded_by: customer_id(2), ..upload(5) };
    let sent = Upload { state: UploadState::Sent(sent_with()), ..upload(3) };
    let quarantined = Upload { state: UploadState::Quarantined, ..upload(4) };
    add(scene, &[upload(1), upload(2), sent, quarantined, other]);
    let count = |n| scene.read(move |tx| tx.attachments().count_waiting(customer_id(n)));
    assert_eq!([count(1), count(2), count(3)], [2, 1, 0]);
}

pub(super) fn stale_ones_are_pruned_and_named(scene: &Scene) {
    prepare(scene);
    let made = |n, micros: i64, state| Upload {
        created_at: Timestamp::from_micros(at(100).as_micros() + micros),
        state,
        ..upload(n)
    };
    let sent = UploadState::Sent(sent_with());
    add(
        scene,
        &[
            made(1, -1, UploadState::Waiting),
            made(2, 0, UploadState::Waiting),
            made(3, -2, UploadState::Waiting),
            made(4, -1, sent),
            made(5, -1, UploadState::Quarantined),
            made(6, 1, UploadState::Quarantined),
        ],
    );
    let prune = |stale, limit| scene.write(move |tx| tx.attachments().prune(stale, limit));
    assert_eq!(prune(PruneCriteria::Waiting(at(100)), 1), [id(3)], "the oldest first");
    assert_eq!(prune(PruneCriteria::Waiting(at(100)), 10), [id(1)]);
    assert_eq!(prune(PruneCriteria::Waiting(at(100)), 10), []);
    assert_eq!(prune(PruneCriteria::Quarantined(at(100)), 10), [id(5)]);
    let left: Vec<u64> = (1..=6).filter(|n| find(scene, id(*n)).is_some()).collect();
    assert_eq!(left, [2, 4, 6]);
}

pub(super) fn a_file_is_either_sent_or_pruned(scene: &Scene) {
    prepare(scene);
    let count = 12;
    let all: Vec<Upload> = (1..=count).map(upload).collect();
    add(scene, &all);
    let outcomes = scene.in_threads(4, |scene, thread| {
        let mut sent = BTreeSet::new();
        for n in 1..=count {
            if thread % 2 == 0 {
                scene.write(|tx| tx.attachments().prune(PruneCriteria::Waiting(at(1_000)), 1));
                continue;
            }
            let done = scene.write(move |tx| {
                let locked = tx.attachments().lock(&[id(n)])?.pop();
                let Some(found) = locked.filter(|upload| upload.state == UploadState::Waiting) else {
                    return Ok::<_, StoreError>(false);
                };
                tx.attachments().save(&Upload { state: UploadState::Sent(sent_with()), ..found })?;
                Ok(true)
            });
            if done {
                sent.insert(n);
            }
        }
        sent
    });
    let sent: Vec<u64> = outcomes.into_iter().flatten().collect();
    let unique: BTreeSet<u64> = sent.iter().copied().collect();
    assert_eq!(unique.len(), sent.len(), "each is sent once: {sent:?}");
    let kept: BTreeSet<u64> = (1..=count).filter(|n| find(scene, id(*n)).is_some()).collect();
    assert_eq!(kept, unique, "what was sent is kept, and nothing else");
}

fn id(n: u64) -> AttachmentId {
    AttachmentId::new(uuid(20, n))
}

/// The message that files are sent with.
fn sent_with() -> MessageId {
    message(1, 1).id
}

/// Adds ticket 1 with a message.
fn prepare(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    scene.say(&[message(1, 1)]);
}

/// File `n`, of customer 1 and ticket 1, which waits.
fn upload(n: u64) -> Upload {
    Upload {
        id: id(n),
        ticket_id: ticket_id(1),
        uploaded_by: customer_id(1),
        name: format!("file {n}.png"),
        media_type: "image/png".to_owned(),
        size: 1,
        sha256: [7; 32],
        key: FileKey([3; 32]),
        state: UploadState::Waiting,
        created_at: at(0),
    }
}

fn add(scene: &Scene, uploads: &[Upload]) {
    let uploads = uploads.to_vec();
    scene.write(move |tx| uploads.iter().try_for_each(|upload| tx.attachments().insert(upload)));
}

fn find(scene: &Scene, id: AttachmentId) -> Option<Upload> {
    scene.read(move |tx| tx.attachments().find(id))
}
