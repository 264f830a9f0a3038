//! The process ends between two steps: a row has its bytes all the same, and what is left of the rest goes.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use support_attachments::Collected;
use tokio::sync::Notify;

use crate::file::File;
use crate::hooks::hangs;
use crate::world::World;

/// Runs `work` until it has told that it hangs, and drops it there.
async fn end_at<T>(reached: Arc<Notify>, work: impl Future<Output = T>) {
    let mut work = pin!(work);
    let mut reached = pin!(reached.notified());
    poll_fn(|context| {
        assert!(work.as_mut().poll(context).is_pending(), "it went on");
        reached.as_mut().poll(context)
    })
    .await;
}

#[tokio::test]
async fn while_a_file_arrives() {
    let world = World::new().await;
    let (hook, reached) = hangs();
    end_at(reached, world.upload(File { at_end: Some(hook), ..File::png() })).await;
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::new(), BTreeSet::new()));
    let incoming = world.directory.path().join("incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0, "it has no name there");
    world.upload(File::png()).await.expect("its place is free");
}

#[tokio::test]
async fn between_the_bytes_and_their_row() {
    let world = World::new().await;
    let (hook, reached) = hangs();
    *world.store.before_write.lock().unwrap() = Some(hook);
    end_at(reached, world.upload(File::png())).await;
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::new(), BTreeSet::from([world.nth(1)])));
    assert!(!world.is_served(world.nth(1)).await);

    world.pass(23);
    assert_eq!(world.collect().await, Collected::default());
    world.pass(2);
    assert_eq!(world.collect().await, Collected { orphans: 1, ..Collected::default() });
    assert_eq!(world.stored(), BTreeSet::new());
}

#[tokio::test]
async fn behind_the_row() {
    let world = World::new().await;
    let (hook, reached) = hangs();
    *world.store.after_write.lock().unwrap() = Some(hook);
    end_at(reached, world.upload(File::png())).await;
    world.assert_that_rows_have_bytes().await;
    assert!(world.is_served(world.nth(1)).await, "it is there, though nobody was told");

    world.pass(25);
    assert_eq!(world.collect().await, Collected { expired: 1, ..Collected::default() });
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::new(), BTreeSet::new()));
}

#[tokio::test]
async fn before_a_row_is_deleted() {
    let world = World::new().await;
    let id = world.uploaded().await;
    world.pass(25);
    let (hook, reached) = hangs();
    *world.store.before_write.lock().unwrap() = Some(hook);
    end_at(reached, world.attachments.collect()).await;
    assert_eq!(world.rows().await, BTreeSet::from([id]));
    world.assert_that_rows_have_bytes().await;

    assert_eq!(world.collect().await, Collected { expired: 1, ..Collected::default() });
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::new(), BTreeSet::new()));
}

#[tokio::test]
async fn between_a_deleted_row_and_its_bytes() {
    let world = World::new().await;
    let (unsent, sent) = (world.uploaded().await, world.uploaded().await);
    world.send(sent).await;
    world.pass(25);
    let (hook, reached) = hangs();
    *world.store.after_write.lock().unwrap() = Some(hook);
    end_at(reached, world.attachments.collect()).await;
    assert_eq!(
        (world.rows().await, world.stored()),
        (BTreeSet::from([sent]), BTreeSet::from([unsent, sent]))
    );
    assert!(!world.is_served(unsent).await && world.is_served(sent).await);

    assert_eq!(world.collect().await, Collected { orphans: 1, ..Collected::default() });
    assert_eq!((world.rows().await, world.stored()), (BTreeSet::from([sent]), BTreeSet::from([sent])));
}
