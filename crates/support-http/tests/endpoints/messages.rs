//! Conversations.

use serde_json::{Value, json};

use crate::world::{World, admin, agent, customer, snapshot};

#[actix_web::test]
async fn both_sides_write_and_read() {
    let (world, staff) = World::staffed().await;
    let id = world.ticket("Broken").await;
    let path = format!("/support/tickets/{id}/messages");
    let hello = json!({"message": " Hello\u{7}\nthere ", "clientMessageId": "c1", "attachments": []});
    let sent = world.post(&customer(1), &path, &hello).await;
    snapshot!("message_sent", sent);
    let again = world.post(&customer(1), &path, &hello).await.expect(200);
    assert_eq!(again.json(), sent.json());
    assert_eq!(world.post(&customer(2), &path, &hello).await.problem(404), "not_found");
    world
        .post(&admin(), "/support/tickets/assign", &json!({"ticketId": id, "agentId": staff.tara}))
        .await
        .expect(200);
    world.post(&agent(&staff.tara), &path, &json!({"message": "Hi"})).await.expect(201);
    snapshot!("message_list", world.get(&customer(1), &path).await);
    let read =
        world.post(&agent(&staff.tara), &format!("{path}/read"), &json!({"upTo": 3})).await.expect(200);
    assert_eq!(read.json(), json!({"read": 1}));
    assert_eq!(world.get(&customer(1), &path).await.items("isRead"), [true, false, false]);
    let read = world.post(&customer(1), &format!("{path}/read"), &json!({"upTo": 99})).await.expect(200);
    assert_eq!(read.json(), json!({"read": 2}));
}

#[actix_web::test]
async fn windows_lead_on_in_their_direction() {
    let world = World::empty().await;
    let id = world.ticket("Broken").await;
    let path = format!("/support/tickets/{id}/messages");
    for n in 1..=5 {
        world.post(&customer(1), &path, &json!({"message": format!("{n}")})).await.expect(201);
    }
    let list = async |query: &str| {
        let page = world.get(&customer(1), &format!("{path}?{query}")).await.expect(200);
        (page.items("sequence"), page.json()["nextCursor"].as_str().map(str::to_owned))
    };
    let (items, next) = list("limit=2").await;
    assert_eq!(items, [4, 5]);
    let (items, next) = list(&format!("limit=2&cursor={}", next.unwrap())).await;
    assert_eq!(items, [2, 3]);
    assert_eq!(list(&format!("limit=2&cursor={}", next.unwrap())).await, (vec![json!(1)], None));
    let (items, next) = list("limit=2&after=1").await;
    assert_eq!(items, [2, 3]);
    assert_eq!(list(&format!("limit=2&cursor={}", next.unwrap())).await, (vec![json!(4), json!(5)], None));
    assert_eq!(list("before=3").await, (vec![json!(1), json!(2)], None));
    assert_eq!(list("after=5").await, (Vec::<Value>::new(), None));
    let both = world.get(&customer(1), &format!("{path}?after=1&before=3")).await;
    assert_eq!(both.pointers(), ["/before"]);
}

#[actix_web::test]
async fn what_does_not_fit_is_named() {
    let world = World::empty().await;
    let id = world.ticket("Broken").await;
    let path = format!("/support/tickets/{id}/messages");
    let post = async |body: Value| world.post(&customer(1), &path, &body).await.pointers();
    assert_eq!(post(json!({})).await, ["/message"]);
    assert_eq!(post(json!({"message": " \u{0} "})).await, ["/message"]);
    assert_eq!(
        post(json!({"message": "x".repeat(10_001), "clientMessageId": ""})).await,
        ["/message", "/clientMessageId"]
    );
    let unknown = json!({"message": "x", "attachments": ["00000000-0000-7000-8000-000000000001"]});
    assert_eq!(post(unknown).await, ["/attachments/0"]);
    let read = world.post(&customer(1), &format!("{path}/read"), &json!({"upTo": -1})).await;
    assert_eq!(read.pointers(), ["/upTo"]);
    world.post(&customer(1), &path, &json!({"message": "ä".repeat(10_000)})).await.expect(201);
}
