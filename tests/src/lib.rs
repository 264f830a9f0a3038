//! What the black-box tests share: a running desk on either database.
//!
//! A test of what the desk does to its callers is written once and runs as two named tests:
//!
//! ```
//! # use support_tests::{Answer, Desk, for_each_database};
//! for_each_database!(a_desk_is_alive, |desk: &mut Desk| {
//!     desk.nobody().get("/healthz").is(200);
//! });
//! # fn main() {}
//! ```
//!
//! These are `a_desk_is_alive::sqlite` and `a_desk_is_alive::postgres`.

mod database;
pub mod live;
pub mod load;
mod person;
pub mod program;
mod scene;
pub mod script;

use std::path::PathBuf;

pub use person::{Answer, Person, check_problem, each, items, pointers, text};
pub use scene::{request, with};
use support_testkit::postgres::{Cluster, Database, Template};
pub use support_testkit::{self as testkit, Http, RawResponse, Response, Result, Token};
use support_testkit::{Server, ServerBuilder};

/// The databases that the desk runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    /// A file in the server's data directory.
    Sqlite,
    /// A database of the test run's own cluster.
    Postgres,
}

/// A running server with a database of its own; both are gone when the test ends.
#[derive(Debug)]
pub struct Desk {
    // Fields are dropped in order: the server first, so that the database has no connections left.
    /// The server.
    pub server: Server,
    /// Its database; `None` on `SQLite`, where it is a file of the server's.
    pub postgres: Option<Database>,
}

impl Desk {
    /// Starts a server on an empty desk.
    ///
    /// # Errors
    /// Those of the cluster and of the server.
    pub fn start(backend: Backend) -> Result<Self> {
        Self::start_with(backend, |builder| builder)
    }

    /// Starts a server on an empty desk, with settings that this test wants.
    ///
    /// # Errors
    /// Those of the cluster and of the server.
    pub fn start_with(
        backend: Backend,
        settings: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Result<Self> {
        let builder = settings(Server::builder());
        match backend {
            Backend::Sqlite => Ok(Self { server: builder.start()?, postgres: None }),
            Backend::Postgres => {
                let database = migrated()?.copy()?;
                let server = builder.database(database.url()).start()?;
                Ok(Self { server, postgres: Some(database) })
            }
        }
    }

    /// A client without a token.
    ///
    /// # Panics
    /// When the server does not run.
    #[must_use]
    #[track_caller]
    pub fn http(&self) -> Http {
        match self.server.http() {
            Ok(http) => http,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// The id of the person with this number, the same in every test: a UUID of version 7.
#[must_use]
pub fn subject(number: u16) -> String {
    format!("01900000-0000-7000-8000-00000000{number:04x}")
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// An empty desk on `PostgreSQL`, migrated once a run.
fn migrated() -> Result<Template> {
    Template::prepared(&Cluster::shared()?, "desk", |url| {
        Server::builder().database(url).prepare()?.run(&["migrate"]).map(drop)
    })
}

/// Makes a named test for `SQLite` and one for `PostgreSQL` out of a closure that takes a running [`Desk`].
/// A third argument, such as `|builder| builder.env("SUPPORT_CORS_ORIGINS", "*")`, changes how the server
/// starts.
#[macro_export]
macro_rules! for_each_database {
    ($name:ident, $test:expr) => {
        $crate::for_each_database!($name, $test, |builder| builder);
    };
    ($name:ident, $test:expr, $settings:expr) => {
        // A function and a module may share a name, and so the test's own names need no import.
        #[cfg(test)]
        fn $name(backend: $crate::Backend) {
            let test: fn(&mut $crate::Desk) = $test;
            let mut desk = $crate::Desk::start_with(backend, $settings).unwrap();
            test(&mut desk);
        }

        #[cfg(test)]
        mod $name {
            #[test]
            fn sqlite() {
                super::$name($crate::Backend::Sqlite);
            }

            #[test]
            fn postgres() {
                super::$name($crate::Backend::Postgres);
            }
        }
    };
}
