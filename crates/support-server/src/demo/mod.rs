//! The demo desk: loaded into an empty database by working through a month of tickets, use case by use case.

mod data;
mod fault;
mod ids;
mod logins;
mod people;
mod replay;

use std::path::Path;
use std::sync::Arc;

use support_domain::actor::Actor;
use support_domain::desk::{Desk, DeskDeps};
use support_domain::event::{Event, Publisher};
use support_domain::memory::ManualClock;
use support_domain::port::Store;
use support_domain::time::Timestamp;
use support_domain::usecase::Policy;

use crate::failure::Failure;

use self::fault::failed;

pub(crate) use self::logins::Logins;

/// Nobody watches a replay.
struct NullPublisher;

impl Publisher for NullPublisher {
    fn publish(&self, _events: &[Event]) {}
}

/// Loads the demo desk unless there is something in the database already; returns the logins, if they are
/// known.
///
/// The password is drawn once and kept in the data directory with the secrets.
pub(crate) async fn load(
    store: &Arc<dyn Store>,
    data_dir: &Path,
    hash: impl Fn(&str) -> Result<String, Failure>,
    now: Timestamp,
) -> Result<Option<Logins>, Failure> {
    let (people, tickets) = data::read()?;
    let clock = Arc::new(ManualClock::new(now));
    let desk = Desk::new(DeskDeps {
        store: Arc::clone(store),
        publisher: Arc::new(NullPublisher),
        clock: Arc::clone(&clock) as _,
        ids: Arc::new(ids::ReplayIds::new(Arc::clone(&clock))),
        policy: Policy::default(),
    });
    if !desk.departments(&Actor::system(), None, 1).await.map_err(failed)?.is_empty() {
        return Logins::recall(data_dir, &people);
    }
    let logins = Logins::draw(data_dir, &people)?;
    let hash = hash(logins.password())?;
    let staff = people::join(&desk, &clock, &people, &hash, now).await?;
    replay::run(&desk, &clock, &staff, &tickets, now).await?;
    people::leave(&desk, &people, &staff).await?;
    Ok(Some(logins))
}

#[cfg(test)]
mod tests {
    use support_domain::command::AgentFilter;
    use support_domain::memory::MemoryStore;
    use support_domain::port::{PageStart, Sort, TicketFilter, TicketQuery};
    use support_domain::rules::access::Visibility;
    use support_domain::value::{Category, Priority, Status};

    use super::*;

    fn desk(store: &Arc<dyn Store>, now: Timestamp) -> Desk {
        let clock = Arc::new(ManualClock::new(now));
        Desk::new(DeskDeps {
            store: Arc::clone(store),
            publisher: Arc::new(NullPublisher),
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(ids::ReplayIds::new(clock)),
            policy: Policy::default(),
        })
    }

    #[tokio::test]
    async fn the_demo_desk_is_legal_and_varied() {
        let directory = tempfile::tempdir().expect("directory");
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let now = Timestamp::parse("2026-11-24T12:00:00Z").expect("valid");
        let hash = |password: &str| Ok(format!("hash of {} letters", password.len()));
        let logins = load(&store, directory.path(), hash, now).await.expect("loaded").expect("fresh");
        assert_eq!(
            logins.accounts.iter().map(|(role, _)| *role).collect::<Vec<_>>(),
            ["admin", "agent", "customer"]
        );

        let filter = TicketFilter::new(Visibility::All);
        let query = TicketQuery { filter, sort: Sort::default(), start: PageStart::First, limit: 200 };
        let desk = desk(&store, now);
        let tickets = desk.tickets(&Actor::system(), query).await.expect("listed").items;
        assert!(tickets.len() >= 60);
        assert!(Status::ALL.iter().all(|status| tickets.iter().any(|ticket| ticket.status == *status)));
        assert!(
            Category::ALL.iter().all(|category| tickets.iter().any(|ticket| ticket.category == *category))
        );
        assert!(
            Priority::ALL.iter().all(|priority| tickets.iter().any(|ticket| ticket.priority == *priority))
        );
        assert!(tickets.iter().all(|ticket| ticket.updated_at <= now && ticket.number.year() >= 2026));
        for agent in
            desk.agents(&Actor::system(), &AgentFilter::default(), None, u32::MAX).await.expect("listed")
        {
            let handled = tickets.iter().filter(|ticket| ticket.active_handler() == Some(agent.id)).count();
            assert_eq!(agent.active_tickets as usize, handled);
        }

        let again = load(&store, directory.path(), hash, now).await.expect("left alone").expect("remembered");
        assert_eq!(again.password(), logins.password());
    }
}
