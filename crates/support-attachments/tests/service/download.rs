//! Giving files out.

use std::fs;
use std::sync::Arc;

use support_attachments::{Error, ServiceError};
use support_domain::actor::Actor;
use support_domain::error::{Entity, Error as DeskError};
use support_domain::id::UserId;
use support_domain::value::Role;
use uuid::Uuid;

use crate::hooks::runs;
use crate::world::{World, assert_storage_failed};

fn file_error(result: Result<Vec<u8>, ServiceError>) -> Error {
    match result {
        Err(ServiceError::File(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_is_given_to_who_may_read_its_ticket() {
    let world = World::new().await;
    let id = world.uploaded().await;
    let download = world.attachments.download(&world.admin, world.ticket.into(), id).await.unwrap();
    assert_eq!((download.name.as_str(), download.media_type.as_str()), ("a.png", "image/png"));
    let ben = Actor::new(UserId::new(Uuid::from_u128(9)), Role::Customer);
    let refused = world.attachments.download(&ben, world.ticket.into(), id).await.err().unwrap();
    assert!(matches!(refused, ServiceError::Desk(DeskError::NotFound(Entity::Ticket))), "{refused}");
    assert!(!world.is_served(world.nth(2)).await);
}

#[tokio::test]
async fn what_is_wrong_with_the_bytes_is_told_before_any_is_served() {
    let world = World::new().await;
    let (id, other) = (world.uploaded().await, world.uploaded().await);
    world.break_storage();
    assert_storage_failed(world.download(id).await);
    world.mend_storage();
    assert!(world.is_served(id).await);

    let at = |id: support_domain::id::AttachmentId| world.folder("objects").join(id.to_string());
    fs::copy(at(other), at(id)).unwrap();
    assert_eq!(file_error(world.download(id).await), Error::Damaged(id.uuid()));
    fs::remove_file(at(id)).unwrap();
    assert_eq!(file_error(world.download(id).await), Error::Missing);
}

#[tokio::test]
async fn a_file_that_is_deleted_meanwhile_is_not_found() {
    let world = Arc::new(World::new().await);
    let id = world.uploaded().await;
    let meanwhile = Arc::clone(&world);
    *world.store.after_read.lock().unwrap() = Some(runs(async move {
        meanwhile.pass(25);
        assert_eq!(meanwhile.collect().await.expired, 1);
    }));
    assert!(!world.is_served(id).await);
    assert!(world.store.after_read.lock().unwrap().is_none(), "it was deleted behind the row's reading");
}
