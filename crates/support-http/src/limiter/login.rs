//! Logins: guessing is slow, and nobody can be locked out.
//!
//! A lock on an account after so many wrong passwords is a weapon: whoever knows an e-mail address can keep
//! its owner out. So no account is ever locked. Wrong attempts are counted where they come from:
//!
//! 1. **By address and account.** Ten at once, then one in two seconds. This stops the common attack, a list
//!    of passwords from one machine, and harms nobody elsewhere.
//! 2. **By address.** 60 wrong attempts on whatever accounts, then one a second: one password tried on many
//!    accounts. Right ones are given back, so an office that logs in at nine is not stopped; it may make 600
//!    attempts and then ten a second.
//! 3. **By account, of strangers.** An address where somebody has logged in to the account is *known* to it
//!    for 30 days. All others together have 50 wrong attempts and then one in ten seconds: a list of
//!    passwords spread over many machines. Known addresses do not take part: what strangers do never stops
//!    the owner at their desk.
//! 4. **The first attempt of a network.** When strangers have used up 3., an owner who is travelling would be
//!    kept out with them. So each network (an IPv4 address, a /48 of IPv6) still has one attempt an hour on
//!    the account. Whoever has many networks gets as many guesses an hour; that is the price of never locking
//!    anybody out, and it is small.
//!
//! An attempt is counted before its password is hashed and given back if it was right, so that many at the
//! same time get no more than many in a row. One that is refused costs no hash, no look at the database, and
//! is not counted itself: waiting as long as `Retry-After` says always helps.
//!
//! Whether an account exists is not told: accounts are e-mail addresses as they were typed, and those of
//! nobody are counted and refused the same. An address that is known to an account sees the same figures as
//! one that is not.
//!
//! **What is left.** Who shares an address with an attacker who tries their account has to share the one
//! attempt in two seconds with them, even with the right password. Known addresses are kept in memory: after
//! a restart, and on another node, all are strangers until they log in.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use support_web::address;
use support_web::limit::{Quota, Table};

use super::clock::Clock;
use super::policy::{KNOWN, LoginPolicies};
use super::quotas::Quotas;

/// The limits of one way to log in.
pub(super) struct Logins(Mutex<Tables>);

struct Tables {
    attempts: Table,
    failures: Table,
    pairs: Table,
    strangers: Table,
    first: Option<Table>,
    known: Table,
}

/// On whose account an attempt is made, and from where.
struct Key {
    account: String,
    client: IpAddr,
    site: IpAddr,
}

impl Key {
    fn pair(&self) -> (&str, IpAddr) {
        (&self.account, self.client)
    }

    fn visit(&self) -> (&str, IpAddr) {
        (&self.account, self.site)
    }
}

/// What an attempt was counted under besides its address and account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Known,
    Stranger,
    First,
}

impl Logins {
    pub(super) fn new(policies: &LoginPolicies, capacity: usize) -> Self {
        Self(Mutex::new(Tables {
            attempts: Table::new(policies.attempts, capacity),
            failures: Table::new(policies.failures, capacity),
            pairs: Table::new(policies.pair, capacity),
            strangers: Table::new(policies.strangers, capacity),
            first: policies.first.map(|policy| Table::new(policy, capacity)),
            known: Table::new(KNOWN, capacity),
        }))
    }

    /// Counts an attempt as a wrong one, until it is said to be right.
    pub(super) fn admit<'a>(
        &'a self,
        account: &str,
        from: IpAddr,
        clock: &'a Clock,
    ) -> Result<Attempt<'a>, Quotas> {
        let key =
            Key { account: account.to_owned(), client: address::client(from), site: address::site(from) };
        let mut tables = self.tables();
        let now = clock.now();
        let quotas = tables.quotas(&key, now);
        if quotas.refusal().is_some() {
            return Err(quotas);
        }
        let lane = tables.lane(&key, now).map_err(|strangers| quotas.and(strangers))?;
        tables.attempts.take(&key.client, now);
        tables.failures.take(&key.client, now);
        tables.pairs.take(&key.pair(), now);
        Ok(Attempt(Some(Counted { logins: self, clock, key, lane })))
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    /// What callers are told. Of the attempts of an address they hear only once there are none.
    fn quotas(&self, key: &Key, now: u64) -> Quotas {
        let mut told: Vec<Quota> =
            vec![self.pairs.quota(&key.pair(), now), self.failures.quota(&key.client, now)];
        told.extend(Some(self.attempts.quota(&key.client, now)).filter(|quota| quota.left == 0));
        Quotas(told)
    }

    /// Finds the lane of an attempt and takes its place there.
    fn lane(&mut self, key: &Key, now: u64) -> Result<Lane, Quota> {
        // Known is who has nothing left of this one.
        if self.known.quota(&key.pair(), now).left == 0 {
            return Ok(Lane::Known);
        }
        if self.strangers.take(&key.account, now) {
            return Ok(Lane::Stranger);
        }
        if self.first.as_mut().is_some_and(|first| first.take(&key.visit(), now)) {
            return Ok(Lane::First);
        }
        Err(self.strangers.quota(&key.account, now))
    }

    /// As if it had not failed.
    fn give_back(&mut self, key: &Key, lane: Lane) {
        self.failures.give_back(&key.client);
        self.pairs.give_back(&key.pair());
        match (lane, &mut self.first) {
            (Lane::Stranger, _) => self.strangers.give_back(&key.account),
            (Lane::First, Some(first)) => first.give_back(&key.visit()),
            _ => {}
        }
    }
}

/// An attempt to log in that may be made. Unless it is said to be right, it counts as a wrong one.
#[must_use = "say what became of it"]
pub struct Attempt<'a>(Option<Counted<'a>>);

struct Counted<'a> {
    logins: &'a Logins,
    clock: &'a Clock,
    key: Key,
    lane: Lane,
}

impl Attempt<'_> {
    /// One that is not counted: limits are off.
    pub(super) const fn unlimited() -> Self {
        Self(None)
    }

    /// Whether somebody has logged in to the account from this address before.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.0.as_ref().is_some_and(|counted| counted.lane == Lane::Known)
    }

    /// It was right: from now on the address is known to the account.
    #[must_use]
    pub fn succeeded(self) -> Quotas {
        self.settle(|tables, counted, now| {
            tables.give_back(&counted.key, counted.lane);
            tables.known.empty(&counted.key.pair(), now);
        })
    }

    /// It was wrong.
    #[must_use]
    pub fn failed(self) -> Quotas {
        self.settle(|_, _, _| {})
    }

    /// The service could not tell, and that is not the caller's fault.
    #[must_use]
    pub fn undecided(self) -> Quotas {
        self.settle(|tables, counted, _| tables.give_back(&counted.key, counted.lane))
    }

    fn settle(self, change: impl FnOnce(&mut Tables, &Counted<'_>, u64)) -> Quotas {
        let Some(counted) = self.0 else { return Quotas::default() };
        let mut tables = counted.logins.tables();
        let now = counted.clock.now();
        change(&mut tables, &counted, now);
        tables.quotas(&counted.key, now)
    }
}

#[cfg(test)]
#[path = "login_tests.rs"]
mod tests;
