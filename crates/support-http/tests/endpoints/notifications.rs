//! Notifications.

use serde_json::json;

use crate::world::{World, admin, agent, customer, snapshot};

#[actix_web::test]
async fn everybody_reads_their_own() {
    let (world, staff) = World::staffed().await;
    let id = world.ticket("Broken").await;
    let path = format!("/support/tickets/{id}/notify");
    let body =
        json!({"to": "Customer", "message": "Please call us.", "channels": ["email", "IN_APP", "email"]});
    let sent = world.post(&admin(), &path, &body).await;
    snapshot!("notification_sent", sent);
    snapshot!("notification_list", world.get(&customer(1), "/support/notifications").await);
    let first = world.get(&customer(1), "/support/notifications?limit=1").await;
    assert_eq!(first.items("id"), [sent.json()["notificationId"].clone()]);
    let next = format!("/support/notifications?limit=1&cursor={}", first.text("/nextCursor"));
    assert_eq!(world.get(&customer(1), &next).await.items("kind"), ["ticket_created"]);
    world.wait(1);
    let read = format!("/support/notifications/{}/read", first.text("/items/0/id"));
    snapshot!("notification_read", world.post(&customer(1), &read, &json!({})).await);
    assert_eq!(world.post(&customer(2), &read, &json!({})).await.problem(404), "not_found");
    assert!(world.get(&agent(&staff.tara), "/support/notifications").await.items("id").is_empty());
}

#[actix_web::test]
async fn what_does_not_fit_is_refused() {
    let (world, staff) = World::staffed().await;
    let id = world.ticket("Broken").await;
    let path = format!("/support/tickets/{id}/notify");
    let bad = json!({"to": "boss", "channels": ["pigeon"], "urgent": true});
    assert_eq!(
        world.post(&admin(), &path, &bad).await.pointers(),
        ["/to", "/message", "/channels/0", "/urgent"]
    );
    let nobody = world.post(&admin(), &path, &json!({"to": "agent", "message": "Hello"})).await;
    assert_eq!(nobody.problem(409), "no_handler");
    let own = world.post(&customer(1), &path, &json!({"to": "agent", "message": "Hello"})).await;
    assert_eq!(own.problem(403), "forbidden");
    let foreign =
        world.post(&agent(&staff.tara), &path, &json!({"to": "customer", "message": "Hello"})).await;
    assert_eq!(foreign.problem(404), "not_found");
}
