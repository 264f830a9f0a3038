//! Taking files in: the order of the steps, and what a failure at each leaves behind.

use std::collections::BTreeSet;
use std::sync::Arc;

use support_attachments::{Error, Refused};
use support_domain::actor::Actor;
use support_domain::error::{Entity, Error as DeskError, RuleViolation, StoreError};
use support_domain::id::UserId;
use support_domain::value::Role;
use support_testkit::files;
use uuid::Uuid;

use crate::file::{Failure, File};
use crate::hooks::{fails, runs};
use crate::world::{World, break_storage};

/// That an upload left nothing behind.
async fn assert_nothing_is_left(world: &World) {
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::new(), BTreeSet::new()));
    let names = ["objects", "quarantine"].map(|folder| world.names(folder));
    assert_eq!(names, [vec![], Vec::<String>::new()]);
}

#[tokio::test]
async fn bytes_are_stored_before_their_row_is_written() {
    let world = Arc::new(World::new().await);
    let seen = Arc::clone(&world);
    *world.store.before_write.lock().unwrap() = Some(runs(async move {
        assert_eq!(seen.stored(), BTreeSet::from([seen.nth(1)]));
        assert_eq!(seen.rows().await, BTreeSet::new());
    }));
    let upload = world.upload(File::new("../größe \u{202E}1", &files::png_of(200_000))).await.unwrap();
    assert!(world.store.before_write.lock().unwrap().is_none(), "the row was written");
    assert_eq!((upload.id, upload.ticket_id), (world.nth(1), world.ticket));
    assert_eq!((upload.name.as_str(), upload.size), ("größe 1.png", 200_000));
    assert_eq!(world.rows().await, world.stored());
    assert_eq!(world.download(upload.id).await.unwrap(), files::png_of(200_000));
}

#[tokio::test]
async fn nothing_is_read_from_who_may_not_upload() {
    let world = World::new().await;
    let ben = Actor::new(UserId::new(Uuid::from_u128(9)), Role::Customer);
    let mut file = File::png();
    let refused = world.attachments.upload(&ben, world.ticket.into(), &mut file).await;
    assert!(matches!(refused.unwrap_err().desk(), DeskError::NotFound(Entity::Ticket)));
    assert!(!file.is_touched);
    assert_nothing_is_left(&world).await;
}

#[tokio::test]
async fn what_does_not_come_whole_is_not_kept() {
    let world = World::new().await;
    let cut_off = File { is_cut_off: true, ..File::png() };
    assert!(matches!(world.upload(cut_off).await, Err(Failure::CutOff)));
    assert_nothing_is_left(&world).await;
}

#[tokio::test]
async fn what_is_refused_is_not_kept() {
    let world = World::new().await;
    let too_large = vec![b'x'; usize::try_from(support_attachments::MAX_BYTES).unwrap() + 1];
    for (file, expected) in [
        (File::new(&"x".repeat(256), b"text"), Refused::NameTooLong),
        (File::new("a", b""), Refused::Empty),
        (File::new("a", &too_large), Refused::TooLarge),
        (File::new("a.png", b"<!doctype html>"), Refused::NotAllowed),
    ] {
        assert_eq!(world.upload(file).await.unwrap_err().refused(), expected);
    }
    let malformed = File::new("a.png", &files::png(b"x")[..40]);
    assert!(matches!(world.upload(malformed).await.unwrap_err().refused(), Refused::Malformed { .. }));
    assert_nothing_is_left(&world).await;
}

#[tokio::test]
async fn as_many_files_arrive_at_once_as_may() {
    let world = Arc::new(World::new().await);
    let second = Arc::clone(&world);
    let at_end = runs(async move {
        assert_eq!(second.upload(File::png()).await.unwrap_err().file(), Error::Busy);
    });
    world.upload(File { at_end: Some(at_end), ..File::png() }).await.unwrap();
    world.upload(File::png()).await.expect("there is room again, after a success");
    world.upload(File { is_cut_off: true, ..File::png() }).await.unwrap_err();
    world.upload(File::png()).await.expect("and after a failure");
}

#[tokio::test]
async fn bytes_that_cannot_be_stored_have_no_row() {
    let world = World::new().await;
    world.break_storage();
    assert!(matches!(world.upload(File::png()).await.unwrap_err().file(), Error::Storage(_)));
    world.mend_storage();
    assert_nothing_is_left(&world).await;
    world.uploaded().await;
}

#[tokio::test]
async fn a_refused_row_takes_its_bytes_along() {
    let world = Arc::new(World::new().await);
    let meanwhile = Arc::clone(&world);
    let at_end = runs(async move { meanwhile.close_ticket().await });
    let refused = world.upload(File { at_end: Some(at_end), ..File::png() }).await.unwrap_err().desk();
    assert!(matches!(refused, DeskError::Refused(RuleViolation::TicketClosed)), "{refused}");
    assert_nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_row_that_was_never_begun_takes_its_bytes_along() {
    let world = World::new().await;
    *world.store.before_write.lock().unwrap() = Some(fails(StoreError::Overloaded));
    let failed = world.upload(File::png()).await.unwrap_err().desk();
    assert!(matches!(failed, DeskError::Store(StoreError::Overloaded)), "{failed}");
    assert_nothing_is_left(&world).await;
}

#[tokio::test]
async fn bytes_whose_row_may_be_written_are_kept() {
    let world = World::new().await;
    *world.store.after_write.lock().unwrap() = Some(fails(StoreError::Unavailable));
    let failed = world.upload(File::png()).await.unwrap_err().desk();
    assert!(matches!(failed, DeskError::Store(StoreError::Unavailable)), "{failed}");
    assert_eq!(world.rows().await, BTreeSet::from([world.nth(1)]));
    assert!(world.is_served(world.nth(1)).await);

    *world.store.before_write.lock().unwrap() = Some(fails(StoreError::Unavailable));
    world.upload(File::png()).await.unwrap_err();
    assert_eq!(world.rows().await, BTreeSet::from([world.nth(1)]));
    assert_eq!(world.stored(), BTreeSet::from([world.nth(1), world.nth(2)]), "nobody can tell");
    world.pass(25);
    world.collect().await;
    assert_nothing_is_left(&world).await;
}

#[tokio::test]
async fn bytes_that_cannot_be_deleted_are_left_to_the_collection() {
    let world = World::new().await;
    let objects = world.folder("objects");
    *world.store.before_write.lock().unwrap() = Some(Box::pin(async move {
        break_storage(&objects);
        Err(StoreError::Overloaded)
    }));
    let failed = world.upload(File::png()).await.unwrap_err().desk();
    assert!(matches!(failed, DeskError::Store(StoreError::Overloaded)), "the first failure counts: {failed}");
    world.mend_storage();
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::new(), BTreeSet::from([world.nth(1)])));
    world.pass(25);
    assert_eq!(world.collect().await.orphans, 1);
    assert_nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_harmful_file_is_kept_as_evidence_and_served_to_nobody() {
    let world = Arc::new(World::of_harmful_files().await);
    let meanwhile = Arc::clone(&world);
    let at_end = runs(async move { meanwhile.close_ticket().await });
    let refused = world.upload(File { at_end: Some(at_end), ..File::png() }).await.unwrap_err().refused();
    assert_eq!(refused, Refused::Infected, "whatever has become of the ticket");
    assert_eq!(world.rows().await, BTreeSet::from([world.nth(1)]));
    assert_eq!((world.names("objects"), world.names("quarantine")), (vec![], vec![world.nth(1).to_string()]));
    assert!(!world.is_served(world.nth(1)).await);
}

#[tokio::test]
async fn a_harmful_file_without_a_row_is_no_evidence() {
    let world = World::of_harmful_files().await;
    *world.store.before_write.lock().unwrap() = Some(fails(StoreError::Overloaded));
    let failed = world.upload(File::png()).await.unwrap_err().desk();
    assert!(matches!(failed, DeskError::Store(StoreError::Overloaded)), "{failed}");
    assert_nothing_is_left(&world).await;
}
