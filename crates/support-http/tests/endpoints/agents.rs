//! Agents.

use serde_json::{Value, json};

use crate::world::{World, admin, agent, customer, snapshot};

#[actix_web::test]
async fn agents_are_added_and_changed() {
    let (world, staff) = World::staffed().await;
    let body = json!({
        "name": "Zoe", "email": "Zoe@Example.com", "department": "BILLING", "phone": "+44 20 7946 0018", "tier": 3,
        "capacity": 1, "status": "away", "password": "correct horse",
    });
    let created = world.post(&admin(), "/support/agents", &body).await;
    snapshot!("agent_created", created);
    let path = format!("/support/agents/{}", created.text("/id"));
    assert_eq!(created.header("location").as_deref(), Some(path.as_str()));
    assert_eq!(world.post(&admin(), "/support/agents", &body).await.problem(409), "email_taken");
    let changed =
        world.patch(&admin(), &path, &json!({"phone": null, "capacity": 5, "status": "available"})).await;
    snapshot!("agent_changed", changed);
    assert_eq!(world.patch(&admin(), &path, &json!({})).await.expect(200).json(), changed.json());
    let own = format!("/support/agents/{}", staff.tara);
    let tara = agent(&staff.tara);
    assert_eq!(
        world.patch(&tara, &own, &json!({"status": "busy"})).await.expect(200).text("/status"),
        "busy"
    );
    assert_eq!(world.patch(&tara, &own, &json!({"tier": 3})).await.problem(403), "forbidden");
    assert_eq!(world.patch(&tara, &path, &json!({"status": "busy"})).await.problem(403), "forbidden");
}

#[actix_web::test]
async fn everything_wrong_with_a_new_agent_is_named() {
    let (world, _) = World::staffed().await;
    let body = json!({
        "name": "", "email": "zoe", "phone": "1", "tier": 4, "capacity": 0, "status": "asleep", "password": "short",
    });
    let pointers = world.post(&admin(), "/support/agents", &body).await.pointers();
    let all = ["/name", "/email", "/department", "/phone", "/tier", "/capacity", "/status", "/password"];
    assert_eq!(pointers, all);
    let unknown = json!({"name": "Zoe", "email": "zoe@example.com", "department": "Space"});
    assert_eq!(world.post(&admin(), "/support/agents", &unknown).await.pointers(), ["/department"]);
    for token in [customer(1), agent("00000000-0000-7000-8000-000000000001")] {
        assert_eq!(world.post(&token, "/support/agents", &json!("nonsense")).await.problem(403), "forbidden");
    }
}

#[actix_web::test]
async fn agents_are_listed_for_staff() {
    let (world, staff) = World::staffed().await;
    let list = async |query: &str| world.get(&agent(&staff.tara), &format!("/support/agents{query}")).await;
    snapshot!("agent_list", list("?department=billing").await);
    assert_eq!(list("").await.expect(200).items("name"), ["Bea", "Tara", "Tom"]);
    assert_eq!(list("?tier=2,3").await.items("name"), ["Tom"]);
    assert_eq!(list("?q=ta&status=available&status=busy").await.items("name"), ["Tara"]);
    let first = list("?limit=2").await;
    assert_eq!(first.items("name"), ["Bea", "Tara"]);
    let second = list(&format!("?limit=2&cursor={}", first.text("/nextCursor"))).await;
    assert_eq!(
        (second.items("name"), second.json()["nextCursor"].clone()),
        (vec![json!("Tom")], Value::Null)
    );
    assert_eq!(
        list("?tier=4&status=x&cursor=x&name=y").await.pointers(),
        ["/status", "/tier", "/cursor", "/name"]
    );
    assert_eq!(world.get(&customer(1), "/support/agents").await.problem(403), "forbidden");
}

#[actix_web::test]
async fn an_agent_is_read_with_their_work() {
    let (world, staff) = World::staffed().await;
    world.assigned_ticket("Broken", &staff.tara).await;
    let path = format!("/support/agents/{}", staff.tara);
    snapshot!("agent_detail", world.get(&agent(&staff.tara), &path).await);
    assert_eq!(world.get(&agent(&staff.tom), &path).await.problem(403), "forbidden");
    for absent in ["00000000-0000-7000-8000-00000000ffff", "tara", "%00", "..%2f"] {
        let answer = world.get(&admin(), &format!("/support/agents/{absent}")).await;
        assert_eq!(answer.problem(404), "not_found", "{absent}");
    }
}
