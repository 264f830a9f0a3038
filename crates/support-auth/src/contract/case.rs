//! Cases, and what they run on.

use std::fmt;
use std::sync::Arc;

use support_domain::port::Store;

use super::scene::Scene;
use crate::port::AuthStore;

/// A fresh store for one case. Dropping it should remove whatever was made for it.
pub trait Fixture {
    /// The store of the desk over the same database, empty before the case. Every call returns the same one.
    fn desk(&self) -> Arc<dyn Store>;

    /// The store, empty before the case. Every call returns the same one.
    fn store(&self) -> Arc<dyn AuthStore>;
}

impl<F: Fixture + ?Sized> Fixture for Box<F> {
    fn desk(&self) -> Arc<dyn Store> {
        (**self).desk()
    }

    fn store(&self) -> Arc<dyn AuthStore> {
        (**self).store()
    }
}

/// One rule that a store must obey.
#[derive(Clone, Copy)]
pub struct Case {
    /// The repository it is about.
    pub group: &'static str,
    /// What it says.
    pub name: &'static str,
    pub(super) run: fn(&Scene),
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.group, self.name)
    }
}

/// Runs the case of `cases` that `group` and `name` name on a fresh store.
pub(super) fn run_case(cases: &[Case], group: &str, name: &str, fixture: &dyn Fixture) {
    let case =
        cases.iter().find(|case| case.group == group && case.name == name).expect("a case of the suite");
    (case.run)(&Scene::new(fixture.desk(), fixture.store()));
}
