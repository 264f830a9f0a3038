//! The store contract over [`MemoryAuthStore`].

use std::sync::Arc;

use support_auth::contract::Fixture;
use support_auth::memory::MemoryAuthStore;
use support_auth::port::AuthStore;
use support_domain::memory::MemoryStore;
use support_domain::port::Store;

struct Memory {
    desk: Arc<MemoryStore>,
    store: Arc<MemoryAuthStore>,
}

impl Fixture for Memory {
    fn desk(&self) -> Arc<dyn Store> {
        Arc::<MemoryStore>::clone(&self.desk)
    }

    fn store(&self) -> Arc<dyn AuthStore> {
        Arc::<MemoryAuthStore>::clone(&self.store)
    }
}

fn make() -> impl Fixture {
    let desk = Arc::new(MemoryStore::new());
    Memory { store: Arc::new(MemoryAuthStore::beside(Arc::clone(&desk))), desk }
}

support_auth::auth_store_contract!(make);
