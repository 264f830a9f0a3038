//! How often callers may do what costs the service: open tickets, write messages, upload files, log in.
//!
//! - `policy`: every limit with its reason, in one table.
//! - `login`: the rules for logins, which limit guessing and lock nobody out.
//! - `headers`: what callers are told.
//!
//! A request is judged as soon as it is known whose it is, before its body is read. So everything with a good
//! token counts: what turns out not to fit, and what repeats an earlier request under its `Idempotency-Key`,
//! for that costs a transaction as well. A request that is refused is not counted.
//!
//! To limit an endpoint, give its handler a parameter of `extract::Limit` after its caller, or of
//! `extract::SessionLimit` where there is none; where somebody logs in, give authentication the
//! guard of `extract::guard`.
//!
//! Each node counts for itself, from zero when it starts. What counts is `support_web::limit`.

mod clock;
mod headers;
mod login;
mod policy;
mod quotas;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use support_auth::Factor;
use support_domain::actor::Actor;
use support_domain::id::UserId;
use support_domain::value::Role;
use support_web::address;
use support_web::limit::{CAPACITY, Table};

use self::clock::Clock;
use self::login::Logins;
use self::policy::ClassPolicies;

pub(crate) use self::headers::{EXPOSED, add as add_headers, retry_after};
pub use self::login::Attempt;
pub use self::quotas::Quotas;
pub use support_web::limit::{Policy, Quota};

/// What is limited by account and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Opening tickets.
    Tickets,
    /// Writing messages.
    Messages,
    /// Uploading files.
    Uploads,
}

/// Names a class as a type.
pub trait Limited {
    /// The class.
    const CLASS: Class;
}

/// Opening tickets, as a type.
pub struct Tickets;
/// Writing messages, as a type.
pub struct Messages;
/// Uploading files, as a type.
pub struct Uploads;

impl Limited for Tickets {
    const CLASS: Class = Class::Tickets;
}

impl Limited for Messages {
    const CLASS: Class = Class::Messages;
}

impl Limited for Uploads {
    const CLASS: Class = Class::Uploads;
}

/// The limits of the service, and who has used up how much of them.
pub struct Limits(Option<Box<State>>);

struct State {
    clock: Clock,
    tickets: ClassLimits,
    messages: ClassLimits,
    uploads: ClassLimits,
    sessions: Mutex<Table>,
    password: Logins,
    second_factor: Logins,
}

impl Limits {
    /// No limits.
    #[must_use]
    pub const fn off() -> Self {
        Self(None)
    }

    /// The limits of the service, on the machine's clock.
    #[must_use]
    pub fn on() -> Self {
        let start = Instant::now();
        Self::with_clock(move || start.elapsed())
    }

    /// The limits of the service, on a clock that tells how long it has been running.
    #[must_use]
    pub fn with_clock(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(State {
            clock: Clock::new(clock),
            tickets: ClassLimits::new(&policy::TICKETS),
            messages: ClassLimits::new(&policy::MESSAGES),
            uploads: ClassLimits::new(&policy::UPLOADS),
            sessions: Mutex::new(Table::new(policy::SESSIONS, CAPACITY)),
            password: Logins::new(&policy::PASSWORD, CAPACITY),
            second_factor: Logins::new(&policy::SECOND_FACTOR, CAPACITY),
        })))
    }

    /// Counts a request of `actor`, who comes from `address`.
    ///
    /// # Errors
    /// What is left, when one of the limits has nothing left. Then nothing is counted.
    pub fn admit(&self, class: Class, actor: &Actor, address: IpAddr) -> Result<Quotas, Quotas> {
        let Some(state) = &self.0 else { return Ok(Quotas::default()) };
        let limits = match class {
            Class::Tickets => &state.tickets,
            Class::Messages => &state.messages,
            Class::Uploads => &state.uploads,
        };
        limits.admit(actor, address, &state.clock)
    }

    /// Counts a request of nobody in particular that begins, continues or ends a session, such as a return
    /// from an identity provider.
    ///
    /// # Errors
    /// What is left, when nothing is. Then it is not counted.
    pub fn admit_session(&self, address: IpAddr) -> Result<Quotas, Quotas> {
        let Some(state) = &self.0 else { return Ok(Quotas::default()) };
        let client = address::client(address);
        let mut table = state.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.clock.now();
        let taken = table.take(&client, now);
        let quotas = Quotas(vec![table.quota(&client, now)]);
        if taken { Ok(quotas) } else { Err(quotas) }
    }

    /// Counts an attempt to log in. Call it before anything is looked up or hashed, and say what became of
    /// the attempt.
    ///
    /// # Errors
    /// What is left, when one of the limits has nothing left. Then it is not counted.
    pub fn login(&self, factor: Factor, account: &str, address: IpAddr) -> Result<Attempt<'_>, Quotas> {
        let Some(state) = &self.0 else { return Ok(Attempt::unlimited()) };
        let logins = match factor {
            Factor::Password => &state.password,
            Factor::Second => &state.second_factor,
        };
        logins.admit(account, address, &state.clock)
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Limits(on)" } else { "Limits(off)" })
    }
}

/// The limits of a class, and who has used up how much of them.
struct ClassLimits(Mutex<ClassTables>);

struct ClassTables {
    customers: Table,
    staff: Table,
    addresses: Table,
}

impl ClassLimits {
    fn new(policies: &ClassPolicies) -> Self {
        Self(Mutex::new(ClassTables {
            customers: Table::new(policies.customer, CAPACITY),
            staff: Table::new(policies.staff, CAPACITY),
            addresses: Table::new(policies.address, CAPACITY),
        }))
    }

    fn admit(&self, actor: &Actor, address: IpAddr, clock: &Clock) -> Result<Quotas, Quotas> {
        let (id, client): (UserId, IpAddr) = (actor.id, address::client(address));
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ClassTables { customers, staff, addresses } = &mut *tables;
        let accounts = if actor.role == Role::Customer { customers } else { staff };
        let now = clock.now();
        let quotas = Quotas(vec![accounts.quota(&id, now), addresses.quota(&client, now)]);
        if quotas.refusal().is_some() {
            return Err(quotas);
        }
        accounts.take(&id, now);
        addresses.take(&client, now);
        Ok(Quotas(vec![accounts.quota(&id, now), addresses.quota(&client, now)]))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use uuid::Uuid;

    use super::*;

    fn actor(number: u128, role: Role) -> Actor {
        Actor { id: UserId::new(Uuid::from_u128(number)), role, name: None, email: None, phone: None }
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn accounts_and_addresses_are_limited_apart() {
        let seconds = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&seconds);
        let limits = Limits::with_clock(move || Duration::from_secs(clock.load(Ordering::Relaxed)));
        let admit = |number, role, last| limits.admit(Class::Tickets, &actor(number, role), address(last));
        for _ in 0..1_000 {
            admit(1, Role::Customer, 1).expect("within the burst");
        }
        let refused = admit(1, Role::Customer, 2).expect_err("used up");
        let refusal = refused.refusal().expect("one");
        assert_eq!((refusal.policy.name, refusal.next_in), ("tickets-account", Duration::from_millis(100)));
        let other = admit(2, Role::Customer, 2).expect("another account");
        assert_eq!(other.0[1].left, 9_999, "refused requests do not count");
        admit(1, Role::Agent, 1).expect("another role has another limit");
        seconds.store(1, Ordering::Relaxed);
        assert_eq!((0..20).filter(|_| admit(1, Role::Customer, 2).is_ok()).count(), 10);
        limits.admit(Class::Messages, &actor(1, Role::Customer), address(1)).expect("another class");
    }

    #[test]
    fn an_address_is_limited_whoever_comes_from_it() {
        let limits = Limits::with_clock(|| Duration::ZERO);
        let uploads = |number| limits.admit(Class::Uploads, &actor(number, Role::Customer), address(1));
        assert_eq!((0..3_000).filter(|number| uploads(*number).is_ok()).count(), 2_000);
        assert_eq!((0..700).filter(|_| limits.admit_session(address(1)).is_ok()).count(), 600);
        assert!(limits.admit_session(address(2)).is_ok());
    }

    #[test]
    fn off_is_off() {
        let limits = Limits::off();
        for _ in 0..10_000 {
            let quotas = limits.admit(Class::Uploads, &actor(1, Role::Customer), address(1));
            assert_eq!(quotas, Ok(Quotas::default()));
            let attempt = limits.login(Factor::Second, "1", address(1)).expect("unlimited");
            assert_eq!(attempt.failed(), Quotas::default());
        }
    }
}
