use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use support_auth::Factor;

use super::super::{Limits, Quotas};

use super::*;

const OWNER: &str = "owner@example.com";

/// Limits whose time the test moves.
struct Scene {
    limits: Limits,
    seconds: Arc<AtomicU64>,
}

impl Scene {
    fn new() -> Self {
        let seconds = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&seconds);
        Self {
            limits: Limits::with_clock(move || Duration::from_secs(clock.load(Ordering::Relaxed))),
            seconds,
        }
    }

    fn wait(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    fn attempt(&self, account: &str, from: &str) -> Result<Attempt<'_>, Quotas> {
        self.limits.login(Factor::Password, account, from.parse().expect("an address"))
    }

    /// How many of so many wrong attempts were heard.
    fn wrong(&self, account: &str, from: &str, times: u32) -> usize {
        (0..times).filter(|_| self.attempt(account, from).map(Attempt::failed).is_ok()).count()
    }

    #[track_caller]
    fn right(&self, account: &str, from: &str) {
        drop(self.attempt(account, from).expect("heard").succeeded());
    }

    /// Uses up what strangers have on the owner's account.
    fn storm(&self) {
        for machine in 1..=5 {
            assert_eq!(self.wrong(OWNER, &format!("198.51.100.{machine}"), 20), 10);
        }
    }
}

fn refusal(refused: Result<Attempt<'_>, Quotas>) -> (&'static str, u64) {
    let quotas = refused.map(Attempt::failed).expect_err("refused");
    let refusal = quotas.refusal().expect("a reason");
    (refusal.policy.name, refusal.next_in.as_secs())
}

#[test]
fn a_list_of_passwords_from_one_machine_is_slow_and_harms_nobody_else() {
    let scene = Scene::new();
    assert_eq!(scene.wrong(OWNER, "192.0.2.1", 1_000), 10);
    assert_eq!(refusal(scene.attempt(OWNER, "192.0.2.1")), ("login-account", 2));
    scene.right(OWNER, "192.0.2.2");
    scene.right("colleague@example.com", "192.0.2.1");
    scene.wait(60);
    assert_eq!(scene.wrong(OWNER, "192.0.2.1", 1_000), 10, "one in two seconds, and no more than ten");
    scene.wait(5);
    scene.right(OWNER, "192.0.2.1");
}

#[test]
fn one_password_on_many_accounts_is_slow_as_well() {
    let scene = Scene::new();
    let heard = (0..1_000).filter(|n| scene.wrong(&format!("{n}@example.com"), "192.0.2.1", 1) == 1);
    assert_eq!(heard.count(), 60);
    assert_eq!(refusal(scene.attempt(OWNER, "192.0.2.1")), ("login-address", 1));
    scene.right(OWNER, "192.0.2.2");
}

#[test]
fn right_attempts_are_not_counted_as_wrong_ones() {
    let scene = Scene::new();
    for number in 0..600 {
        scene.right(&format!("{number}@example.com"), "192.0.2.1");
    }
    assert_eq!(refusal(scene.attempt(OWNER, "192.0.2.1")).0, "login-attempts", "each cost a hash");
    scene.wait(1);
    scene.right(OWNER, "192.0.2.1");
}

#[test]
fn many_at_the_same_time_get_no_more_than_many_in_a_row() {
    let scene = Scene::new();
    let open: Vec<_> = (0..100).filter_map(|_| scene.attempt(OWNER, "192.0.2.1").ok()).collect();
    assert_eq!(open.len(), 10);
    for attempt in open {
        drop(attempt.undecided());
    }
    assert_eq!(scene.wrong(OWNER, "192.0.2.1", 100), 10, "the service's own faults are not counted");
}

#[test]
fn an_attempt_of_which_nothing_is_said_is_a_wrong_one() {
    let scene = Scene::new();
    for _ in 0..10 {
        drop(scene.attempt(OWNER, "192.0.2.1").expect("heard"));
    }
    assert!(scene.attempt(OWNER, "192.0.2.1").is_err());
}

#[test]
fn strangers_never_stop_the_owner_where_they_are_known() {
    let scene = Scene::new();
    scene.right(OWNER, "192.0.2.2");
    scene.storm();
    assert_eq!(scene.wrong(OWNER, "192.0.2.2", 20), 10, "the owner may mistype as often as ever");
    scene.wait(5);
    assert!(scene.attempt(OWNER, "192.0.2.2").is_ok_and(|attempt| attempt.is_known()));
    scene.wait(29 * 24 * 3_600);
    scene.storm();
    scene.right(OWNER, "192.0.2.2");
    scene.wait(31 * 24 * 3_600);
    assert!(scene.attempt(OWNER, "192.0.2.2").is_ok_and(|attempt| !attempt.is_known()));
}

#[test]
fn strangers_never_stop_the_owner_on_a_journey() {
    let scene = Scene::new();
    scene.storm();
    scene.right(OWNER, "203.0.113.9");
    assert_eq!(scene.wrong(OWNER, "203.0.113.10", 10), 1, "one attempt, since strangers have none left");
    assert_eq!(refusal(scene.attempt(OWNER, "203.0.113.10")), ("login-strangers", 10));
    assert_eq!(scene.wrong(OWNER, "2001:db8:1:2::1", 1), 1);
    assert_eq!(scene.wrong(OWNER, "2001:db8:1:3::1", 1), 0, "a /48 is one network");
    assert_eq!(scene.wrong(OWNER, "2001:db8:2:3::1", 1), 1);
    scene.wait(10);
    let heard: usize = (1..=5).map(|n| scene.wrong(OWNER, &format!("198.51.100.{n}"), 1)).sum();
    assert_eq!(heard, 1 + 4, "one of all strangers, and the first one of each of the other networks");
}

#[test]
fn an_account_that_does_not_exist_is_refused_the_same() {
    let told = |account: &str| {
        let scene = Scene::new();
        (0..12)
            .map(|_| match scene.attempt(account, "192.0.2.1") {
                Ok(attempt) => attempt.failed(),
                Err(quotas) => quotas,
            })
            .collect::<Vec<Quotas>>()
    };
    assert_eq!(told(OWNER), told("nobody@example.com"));
}

#[test]
fn a_known_address_is_told_the_same_figures() {
    let (known, unknown) = (Scene::new(), Scene::new());
    known.right(OWNER, "192.0.2.1");
    known.wait(60);
    unknown.wait(60);
    let told = |scene: &Scene| scene.attempt(OWNER, "192.0.2.1").expect("heard").failed();
    assert_eq!(told(&known), told(&unknown));
}

#[test]
fn who_has_the_password_still_has_to_guess_the_second_factor_slowly() {
    let scene = Scene::new();
    let heard = |from: &str, times: u32| {
        let attempt = || scene.limits.login(Factor::Second, "42", from.parse().expect("an address"));
        (0..times).filter(|_| attempt().map(Attempt::failed).is_ok()).count()
    };
    assert_eq!((1..100).map(|n| heard(&format!("192.0.2.{n}"), 5)).sum::<usize>(), 10);
    scene.wait(3_600);
    assert_eq!((1..100).map(|n| heard(&format!("192.0.2.{n}"), 5)).sum::<usize>(), 10);
}
