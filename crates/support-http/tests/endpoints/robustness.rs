//! What happens when something breaks.

use std::sync::Arc;

use actix_web::http::Method;
use serde_json::json;
use support_domain::error::StoreError;
use support_domain::memory::MemoryStore;
use support_domain::port::{Store, StoreFuture, TransactionFn};
use tokio::sync::Notify;

use crate::world::{World, admin, customer, request, snapshot};

/// A store whose database is away.
struct Away(StoreError);

impl Store for Away {
    fn write(&self, job: TransactionFn) -> StoreFuture<'_> {
        self.read(job)
    }

    fn read(&self, _: TransactionFn) -> StoreFuture<'_> {
        Box::pin(std::future::ready(Err(self.0.clone().into())))
    }
}

#[actix_web::test]
async fn without_its_database_the_service_asks_for_patience() {
    let world = World::over(Arc::new(Away(StoreError::Unavailable))).await;
    snapshot!("database_away", world.get(&admin(), "/support/tickets").await);
    assert_eq!(world.get("", "/readyz").await.problem(503), "unavailable");
    world.get("", "/healthz").await.expect(200);
    let full = World::over(Arc::new(Away(StoreError::Overloaded))).await;
    let refused = full.get(&admin(), "/support/tickets").await;
    assert_eq!(
        (refused.problem(503), refused.header("retry-after").as_deref()),
        ("overloaded".to_owned(), Some("1"))
    );
}

#[actix_web::test]
async fn a_fault_is_not_told() {
    let world = World::over(Arc::new(Away(StoreError::Internal("SELECT secret".to_owned())))).await;
    let fault = world.get(&admin(), "/support/tickets").await;
    snapshot!("fault", fault);
}

/// A store that panics.
struct Broken;

impl Store for Broken {
    fn write(&self, job: TransactionFn) -> StoreFuture<'_> {
        self.read(job)
    }

    fn read(&self, _: TransactionFn) -> StoreFuture<'_> {
        panic!("secret")
    }
}

#[actix_web::test]
async fn a_panic_is_a_fault_like_any_other() {
    let world = World::over(Arc::new(Broken)).await;
    let answer = world.get(&admin(), "/support/tickets").await;
    assert_eq!(answer.problem(500), "internal_error");
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("secret"));
    world.get("", "/healthz").await.expect(200);
}

/// A store whose writes wait at a gate.
struct Gated {
    store: MemoryStore,
    entered: Notify,
    gate: Notify,
    left: Notify,
}

impl Store for Gated {
    fn write(&self, job: TransactionFn) -> StoreFuture<'_> {
        Box::pin(async move {
            self.entered.notify_one();
            self.gate.notified().await;
            let done = self.store.write(job).await;
            self.left.notify_one();
            done
        })
    }

    fn read(&self, job: TransactionFn) -> StoreFuture<'_> {
        self.store.read(job)
    }
}

#[actix_web::test]
async fn a_command_is_finished_though_its_caller_hangs_up() {
    let gated = Arc::new(Gated {
        store: MemoryStore::new(),
        entered: Notify::new(),
        gate: Notify::new(),
        left: Notify::new(),
    });
    let world = World::over(Arc::clone(&gated) as _).await;
    let body = json!({"subject": "x", "description": "y", "category": "loan"});
    let mut call = world.begin(request(Method::POST, &customer(1), "/support/tickets").set_json(&body));
    tokio::select! {
        _ = &mut call => panic!("the gate is closed"),
        () = gated.entered.notified() => {}
    }
    drop(call);
    gated.gate.notify_one();
    gated.left.notified().await;
    let published = "support_events_published_total{event=\"new_ticket\"} 1";
    loop {
        let metrics = world.get("", "/metrics").await;
        if String::from_utf8_lossy(&metrics.bytes).contains(published) {
            break;
        }
        tokio::task::yield_now().await;
    }
}
