//! Departments.

use serde_json::{Value, json};

use crate::world::{World, admin, agent, customer, snapshot};

#[actix_web::test]
async fn departments_are_added_and_changed() {
    let (world, _) = World::staffed().await;
    let body = json!({"name": "Loans", "description": "Money.", "tier": 2, "categories": ["loan", "LOAN", "account"]});
    let created = world.post(&admin(), "/support/departments", &body).await;
    snapshot!("department_created", created);
    assert_eq!(created.header("location"), Some(format!("/support/departments/{}", created.text("/id"))));
    let same = world.post(&admin(), "/support/departments", &json!({"name": "LOANS"})).await;
    assert_eq!(same.problem(409), "department_name_taken");
    let taken =
        world.post(&admin(), "/support/departments", &json!({"name": "X", "categories": ["loan"]})).await;
    assert_eq!(taken.problem(409), "category_taken");
    let path = format!("/support/departments/{}", created.text("/id"));
    let changed =
        world.patch(&admin(), &path, &json!({"name": "Credit", "categories": []})).await.expect(200);
    assert_eq!(
        (changed.text("/name"), changed.json()["categories"].clone()),
        ("Credit".to_owned(), json!([]))
    );
    assert_eq!(world.patch(&admin(), &path, &json!({})).await.expect(200).json(), changed.json());
    let bad =
        json!({"name": "a,b", "description": "x".repeat(2_001), "tier": 0, "categories": ["x"], "id": 1});
    let pointers = world.patch(&admin(), &path, &bad).await.pointers();
    assert_eq!(pointers, ["/name", "/description", "/tier", "/categories/0", "/id"]);
}

#[actix_web::test]
async fn departments_are_read_by_staff_and_changed_by_administrators() {
    let (world, staff) = World::staffed().await;
    world.assigned_ticket("Broken", &staff.tara).await;
    let tara = agent(&staff.tara);
    let list = world.get(&tara, "/support/departments").await;
    snapshot!("department_list", list);
    let first = world.get(&tara, "/support/departments?limit=1").await;
    let next = format!("/support/departments?limit=1&cursor={}", first.text("/nextCursor"));
    let second = world.get(&tara, &next).await;
    assert_eq!(
        (second.items("name"), second.json()["nextCursor"].clone()),
        (vec![json!("Technical Support")], Value::Null)
    );
    let path = format!("/support/departments/{}", second.text("/items/0/id"));
    snapshot!("department_detail", world.get(&tara, &path).await);
    assert_eq!(world.patch(&tara, &path, &json!({"tier": 3})).await.problem(403), "forbidden");
    assert_eq!(
        world.post(&tara, "/support/departments", &json!({"name": "X"})).await.problem(403),
        "forbidden"
    );
    assert_eq!(world.get(&customer(1), "/support/departments").await.problem(403), "forbidden");
    assert_eq!(world.get(&admin(), "/support/departments/x").await.problem(404), "not_found");
}
