//! Guessing passwords is slow, and keeps nobody out.

use std::thread;
use std::time::Instant;

use support_tests::{Backend, Desk};

use crate::scene::{Client, EMAIL, PASSWORD, add_account, limited, limited_with, problem};

/// More than can be heard in the time that has passed: ten at once, and one in two seconds.
fn most_heard(since: Instant) -> u64 {
    10 + since.elapsed().as_secs() / 2 + 1
}

#[test]
fn a_thousand_wrong_passwords_are_refused_and_the_right_person_gets_in() {
    let desk = limited();
    add_account(&desk);
    let (attacker, owner) = (Client::at(&desk, "127.0.0.2"), Client::at(&desk, "127.0.0.3"));
    let start = Instant::now();
    let heard: u32 = thread::scope(|scope| {
        let attackers: Vec<_> = (0..10).map(|_| scope.spawn(|| attacker.guess(EMAIL, 100))).collect();
        for _ in 0..3 {
            assert_eq!(owner.login(EMAIL, PASSWORD).status, Some(200));
        }
        attackers.into_iter().map(|attacker| attacker.join().unwrap()).sum()
    });
    assert!((10..=most_heard(start)).contains(&u64::from(heard)), "{heard}");
    assert_eq!(owner.login(EMAIL, PASSWORD).status, Some(200));
    assert_eq!(Client::at(&desk, "127.0.0.4").login(EMAIL, PASSWORD).status, Some(200), "and anywhere else");
}

#[test]
fn guesses_from_many_addresses_keep_nobody_out() {
    let desk = limited();
    add_account(&desk);
    let owner = Client::at(&desk, "127.0.0.3");
    assert_eq!(owner.login(EMAIL, PASSWORD).status, Some(200));
    // Ten guesses from each machine, until strangers have no more.
    let is_last = |machine: &u8| {
        let stranger = Client::at(&desk, &format!("127.0.1.{machine}"));
        (0..10).any(|_| {
            let answer = stranger.login(EMAIL, "a wrong password");
            answer.header("ratelimit").is_some_and(|limits| limits.contains("\"login-strangers\";r=0"))
        })
    };
    let last = (1..=100).find(is_last).expect("strangers are limited");
    assert!(last >= 5, "{last}");
    for _ in 0..11 {
        assert_eq!(owner.login(EMAIL, PASSWORD).status, Some(200), "where they have logged in before");
    }
    let journey = Client::at(&desk, "127.0.2.2");
    assert_eq!(journey.login(EMAIL, PASSWORD).status, Some(200), "and where they have not");
}

#[test]
fn nobody_learns_which_accounts_there_are() {
    let desk = limited();
    add_account(&desk);
    let told = |address: &str, email: &str| -> Vec<_> {
        let client = Client::at(&desk, address);
        let answers = (0..3).map(|_| client.login(email, "a wrong password"));
        let told = answers.map(|answer| {
            let names = ["ratelimit-policy", "ratelimit-limit", "ratelimit-remaining", "retry-after"];
            let headers = names.map(|name| answer.header(name).map(str::to_owned));
            (answer.status, problem(&answer)["detail"].clone(), headers)
        });
        told.collect()
    };
    // The same seconds have passed for both, or fewer than it takes for one more attempt.
    let (known, unknown) = (told("127.0.0.2", EMAIL), told("127.0.0.3", "nobody@desk.example"));
    for (known, unknown) in known.iter().zip(&unknown) {
        assert_eq!((&known.0, &known.1, &known.2[..2]), (&unknown.0, &unknown.1, &unknown.2[..2]));
    }
}

#[test]
fn an_address_cannot_be_made_up() {
    let desk = limited();
    add_account(&desk);
    let attacker = Client::at(&desk, "127.0.0.2");
    let login = |header: &str| {
        let body = serde_json::json!({ "email": EMAIL, "password": "a wrong password" });
        attacker.post("/auth/login", header, &body).status
    };
    let heard = (0..100).filter(|n| login(&format!("X-Forwarded-For: 192.0.2.{n}\r\n")) == Some(401));
    let start = Instant::now();
    let heard = heard.count() as u64;
    assert!(heard <= most_heard(start), "{heard}");
}

#[test]
fn behind_a_proxy_an_address_is_what_the_proxy_says() {
    let desk = limited_with("SUPPORT_BEHIND_PROXY", "true");
    add_account(&desk);
    let proxy = Client::at(&desk, "127.0.0.1");
    let login = |forwarded: &str, password: &str| {
        let body = serde_json::json!({ "email": EMAIL, "password": password });
        proxy.post("/auth/login", &format!("X-Forwarded-For: {forwarded}\r\n"), &body).status
    };
    let start = Instant::now();
    // What the client itself has sent comes first, and counts for nothing.
    let heard = (0..100).filter(|n| login(&format!("10.0.0.{n}, 192.0.2.1"), "wrong") == Some(401)).count();
    assert!(heard as u64 <= most_heard(start), "{heard}");
    assert_eq!(login("192.0.2.1, 192.0.2.2", PASSWORD), Some(200));
}

#[test]
fn without_limits_every_password_is_heard() {
    let desk = Desk::start(Backend::Sqlite).unwrap();
    add_account(&desk);
    let client = Client::at(&desk, "127.0.0.2");
    assert_eq!(client.guess(EMAIL, 15), 15);
    let answer = client.login(EMAIL, PASSWORD);
    assert_eq!((answer.status, answer.header("ratelimit")), (Some(200), None));
}
