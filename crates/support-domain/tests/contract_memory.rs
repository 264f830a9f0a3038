//! The store contract over [`MemoryStore`].

use std::sync::Arc;

use support_domain::contract::Fixture;
use support_domain::memory::MemoryStore;
use support_domain::port::Store;

struct Memory(Arc<MemoryStore>);

impl Fixture for Memory {
    fn store(&self) -> Arc<dyn Store> {
        Arc::<MemoryStore>::clone(&self.0)
    }
}

fn make() -> impl Fixture {
    Memory(Arc::new(MemoryStore::new()))
}

support_domain::store_contract!(make);
