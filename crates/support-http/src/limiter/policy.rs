//! Every limit of the service. They are part of the product, not settings: `SUPPORT_RATE_LIMITS` turns all of
//! them on or off.
//!
//! A limit is a burst, which lets people and their programs work as they do, and a rate, which is what is
//! left to whoever never stops. Whole offices share one address, so the limits of addresses are several times
//! those of accounts. `docs/operations.md` has the same table for operators.

use std::time::Duration;

use support_web::limit::Policy;

const fn each_second(name: &'static str, burst: u32, rate: u64) -> Policy {
    Policy::new(name, burst, Duration::from_nanos(1_000_000_000 / rate))
}

/// What one account, and all accounts of one address, may do.
pub(super) struct ClassPolicies {
    pub(super) customer: Policy,
    pub(super) staff: Policy,
    pub(super) address: Policy,
}

/// Opening tickets. A customer writes a few a day; a program that files them for a branch does not reach
/// 1,000 at once. Staff also import them from another system.
pub(super) const TICKETS: ClassPolicies = ClassPolicies {
    customer: each_second("tickets-account", 1_000, 10),
    staff: each_second("tickets-account", 5_000, 100),
    address: each_second("tickets-address", 10_000, 200),
};

/// Writing messages over HTTP. Nobody types 20 a second; the burst is for clients that send what they wrote
/// offline.
pub(super) const MESSAGES: ClassPolicies = ClassPolicies {
    customer: each_second("messages-account", 1_000, 20),
    staff: each_second("messages-account", 5_000, 100),
    address: each_second("messages-address", 10_000, 400),
};

/// Uploading files, the dearest of all: ten files for each of twenty messages at once.
pub(super) const UPLOADS: ClassPolicies = ClassPolicies {
    customer: each_second("uploads-account", 200, 2),
    staff: each_second("uploads-account", 1_000, 20),
    address: each_second("uploads-address", 2_000, 40),
};

/// Continuing and ending sessions, by address: nobody is known yet. Each client comes once in 15 minutes, so
/// 10 a second are 9,000 clients behind one address. Tokens of 256 bits cannot be guessed at any rate; this
/// protects the database.
pub(super) const SESSIONS: Policy = each_second("sessions-address", 600, 10);

/// The limits of a way to log in; see [`super::login`].
pub(super) struct LoginPolicies {
    /// All attempts of an address, right ones too: each may cost a password hash.
    pub(super) attempts: Policy,
    /// Wrong attempts of an address on whatever account.
    pub(super) failures: Policy,
    /// Wrong attempts of an address on one account.
    pub(super) pair: Policy,
    /// Wrong attempts on an account from all addresses where nobody has logged in to it yet.
    pub(super) strangers: Policy,
    /// The attempt that every network has even when `strangers` is used up; `None`: it has none.
    pub(super) first: Option<Policy>,
}

/// Logging in with a password. Ten in a row is more than people need to remember which of their passwords it
/// was, and two seconds are short enough to wait for. 50 is five such people on one account; then a list of
/// 1,000 passwords takes strangers more than two and a half hours.
pub(super) const PASSWORD: LoginPolicies = LoginPolicies {
    attempts: each_second("login-attempts", 600, 10),
    failures: each_second("login-address", 60, 1),
    pair: Policy::new("login-account", 10, Duration::from_secs(2)),
    strangers: Policy::new("login-strangers", 50, Duration::from_secs(10)),
    first: Some(Policy::new("login-first", 1, Duration::from_hours(1))),
};

/// Giving a second factor. Six digits are few, so they are tried slowly, and no network has an attempt of its
/// own: only who knows the password gets here, and may keep its owner waiting at worst until they change it.
pub(super) const SECOND_FACTOR: LoginPolicies = LoginPolicies {
    attempts: each_second("login-attempts", 600, 10),
    failures: each_second("login-address", 60, 1),
    pair: Policy::new("login-account", 5, Duration::from_secs(30)),
    strangers: Policy::new("login-strangers", 10, Duration::from_mins(1)),
    first: None,
};

/// For how long an address is known by a login that succeeded there.
pub(super) const KNOWN: Policy = Policy::new("login-known", 1, Duration::from_hours(30 * 24));
