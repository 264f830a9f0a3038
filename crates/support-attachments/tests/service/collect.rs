//! Deleting what nothing refers to, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use support_attachments::Collected;
use support_domain::error::StoreError;
use support_domain::id::AttachmentId;
use support_domain::time::Clock;
use uuid::Uuid;

use crate::file::File;
use crate::hooks::{fails, runs};
use crate::world::{World, assert_storage_failed};

/// Puts bytes without a row into a folder, as old as the desk's time.
fn put(world: &World, folder: &str, name: &str) {
    let path = world.folder(folder).join(name);
    let now = UNIX_EPOCH + Duration::from_micros(world.clock.now().as_micros().unsigned_abs());
    fs::write(&path, "bytes").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(now).unwrap();
}

fn orphan(n: u128) -> AttachmentId {
    AttachmentId::new(Uuid::from_u128(1 << 64 | n))
}

#[tokio::test]
async fn what_nothing_refers_to_goes_after_a_day() {
    let world = World::new().await;
    let (unsent, sent) = (world.uploaded().await, world.uploaded().await);
    world.send(sent).await;
    put(&world, "objects", &orphan(1).to_string());
    put(&world, "quarantine", &orphan(2).to_string());
    put(&world, "objects", &format!("{sent}#1"));
    put(&world, "quarantine", &format!("{}#1", orphan(2)));
    put(&world, "objects", "README");

    world.pass(23);
    let before = (world.names("objects"), world.names("quarantine"));
    assert_eq!(world.collect().await, Collected::default());
    assert_eq!((world.names("objects"), world.names("quarantine")), before);

    world.pass(2);
    let young = world.uploaded().await;
    put(&world, "objects", &orphan(3).to_string());
    put(&world, "objects", &format!("{young}#1"));
    assert_eq!(world.collect().await, Collected { expired: 1, orphans: 2, temporary: 2 });
    let left = [sent.to_string(), young.to_string(), format!("{young}#1"), orphan(3).to_string()];
    let left: BTreeSet<String> = left.into_iter().chain(["README".to_owned()]).collect();
    assert_eq!(world.names("objects").into_iter().collect::<BTreeSet<_>>(), left);
    assert_eq!(world.names("quarantine"), Vec::<String>::new());
    assert_eq!(world.rows().await, BTreeSet::from([sent, young]));
    assert!(!world.is_served(unsent).await && world.is_served(sent).await);

    world.pass(24 * 365);
    world.collect().await;
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::from([sent]), BTreeSet::from([sent])));
}

#[tokio::test]
async fn what_is_in_flight_stays() {
    let world = Arc::new(World::new().await);
    // At the machine's time the upload's bytes are an hour from where the collection begins.
    world.pass(23);
    let (arriving, stored) = (Arc::clone(&world), Arc::clone(&world));
    let at_end = runs(async move {
        assert_eq!(arriving.collect().await, Collected::default());
        *arriving.store.before_write.lock().unwrap() = Some(runs(async move {
            assert_eq!((stored.rows().await, stored.stored().len()), (BTreeSet::new(), 1));
            assert_eq!(stored.collect().await, Collected::default());
        }));
    });
    let upload = world.upload(File { at_end: Some(at_end), ..File::png() }).await.unwrap();
    assert!(world.store.before_write.lock().unwrap().is_none(), "it ran before the row was written");
    assert!(world.is_served(upload.id).await);
}

#[tokio::test]
async fn a_quarantine_ends_after_a_month() {
    let world = World::of_harmful_files().await;
    world.upload(File::png()).await.unwrap_err();
    world.pass(24 * 30);
    assert_eq!(world.collect().await, Collected::default());
    assert_eq!((world.rows().await.len(), world.stored().len()), (1, 1));
    world.pass(1);
    assert_eq!(world.collect().await, Collected { expired: 1, ..Collected::default() });
    assert_eq!((world.rows().await.len(), world.stored().len()), (0, 0));
}

#[tokio::test]
async fn more_is_collected_than_is_looked_at_together() {
    let world = World::new().await;
    let kept = world.uploaded().await;
    world.send(kept).await;
    for n in 0..1_001 {
        put(&world, "objects", &orphan(n).to_string());
    }
    world.pass(25);
    assert_eq!(world.collect().await, Collected { orphans: 1_001, ..Collected::default() });
    assert_eq!(world.stored(), BTreeSet::from([kept]));
}

#[tokio::test]
async fn what_cannot_be_deleted_is_deleted_later() {
    let world = World::new().await;
    let (first, second) = (world.uploaded().await, world.uploaded().await);
    world.pass(25);
    world.break_storage();
    assert_storage_failed(world.attachments.collect().await);
    world.mend_storage();
    assert_eq!(world.rows().await, BTreeSet::new(), "their rows are deleted first");
    assert_eq!(world.stored(), BTreeSet::from([first, second]));
    assert_eq!(world.collect().await, Collected { orphans: 2, ..Collected::default() });
    assert_eq!(world.stored(), BTreeSet::new());
}

#[tokio::test]
async fn a_store_that_fails_loses_nothing() {
    let world = World::new().await;
    let id = world.uploaded().await;
    put(&world, "objects", &orphan(1).to_string());
    world.pass(25);
    *world.store.before_write.lock().unwrap() = Some(fails(StoreError::Unavailable));
    world.attachments.collect().await.unwrap_err();
    *world.store.after_read.lock().unwrap() = Some(fails(StoreError::Unavailable));
    world.attachments.collect().await.unwrap_err();
    world.assert_that_rows_have_bytes().await;
    assert!(world.stored().contains(&orphan(1)), "whether it has a row was not known");
    assert_eq!(world.collect().await.orphans, 1);
    assert!(!world.is_served(id).await);
}

#[tokio::test]
async fn bytes_of_erased_rows_go() {
    let world = World::new().await;
    let id = world.uploaded().await;
    world.send(id).await;
    world.desk.erase_customer(&world.admin, world.ana.id).await.unwrap();
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::new(), BTreeSet::from([id])));
    world.pass(25);
    assert_eq!(world.collect().await, Collected { orphans: 1, ..Collected::default() });
}
