//! Passwords, and the sessions that they begin.

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::TimeDelta;
use support_auth::{Credentials, Error, Factor, Rejected, Unlimited, Verdict};
use support_domain::value::PasswordHash;

use crate::scene::{EMAIL, PASSWORD, Recorder, Scene, Setup, email, lou, password};

#[tokio::test]
async fn a_login_gives_tokens_that_hold() {
    let scene = Scene::new().await;
    let pair = scene.log_in(None, &Recorder::default()).await.expect("logged in");
    assert_eq!((pair.user.id, pair.expires_in), (lou().id, TimeDelta::minutes(15)));
    let verified = scene.authentication.verify(&pair.access_token).expect("holds");
    assert_eq!((verified.actor.id, verified.actor.role), (lou().id, lou().role));
    assert_eq!(verified.actor.email, Some(email(EMAIL)));
    scene.clock.advance(TimeDelta::minutes(16));
    assert_eq!(scene.authentication.verify(&pair.access_token).map(drop), Err(Rejected::Expired));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_fail_alike_and_count_as_wrong() {
    let scene = Scene::new().await;
    let guard = Recorder::default();
    let wrong = scene.log_in_with("wrong horse", None, &guard).await;
    assert!(matches!(wrong, Err(Error::InvalidCredentials)));
    let nobody = Credentials { email: email("eve@desk.example"), password: password(PASSWORD), code: None };
    let unknown = scene.authentication.log_in(nobody, &guard).await;
    assert!(matches!(unknown, Err(Error::InvalidCredentials)));
    let counted = |address: &str| (Factor::Password, address.to_owned(), Verdict::Wrong);
    assert_eq!(guard.take(), [counted(EMAIL), counted("eve@desk.example")]);
    scene.log_in(None, &guard).await.expect("logged in");
    assert_eq!(guard.take(), [(Factor::Password, EMAIL.to_owned(), Verdict::Right)]);
    let refused = scene.log_in(None, &Recorder::refusing(Factor::Password)).await;
    assert!(matches!(refused, Err(Error::TooManyAttempts { retry_after: 9 })));
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_stolen_one_ends_the_session() {
    let scene = Scene::new().await;
    let first = scene.log_in(None, &Recorder::default()).await.expect("logged in").refresh_token;
    let second = scene.authentication.refresh(&first).await.expect("fresh");
    assert_eq!(second.user.id, lou().id);
    let third = scene.authentication.refresh(&second.refresh_token).await.expect("fresh").refresh_token;
    for token in [first.as_str(), third.as_str(), "made up"] {
        let refused = scene.authentication.refresh(token).await;
        assert!(matches!(refused, Err(Error::InvalidSession(_))), "{token}");
    }
}

#[tokio::test]
async fn a_session_ends_by_a_logout_and_by_itself() {
    let scene = Scene::new().await;
    let log_in = async || scene.log_in(None, &Recorder::default()).await.expect("logged in").refresh_token;
    let (ended, expiring) = (log_in().await, log_in().await);
    scene.authentication.log_out(&ended).await.expect("ended");
    scene.authentication.log_out(&ended).await.expect("ended already");
    assert!(matches!(scene.authentication.refresh(&ended).await, Err(Error::InvalidSession(_))));
    scene.clock.advance(TimeDelta::days(31));
    assert!(matches!(scene.authentication.refresh(&expiring).await, Err(Error::InvalidSession(_))));
}

/// A hash of Lou's password at a cost of the past or the future.
fn hash_at(memory: u32, passes: u32) -> PasswordHash {
    let parameters = Params::new(memory, passes, 1, None).expect("a cost");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    PasswordHash::new(argon2.hash_password(PASSWORD.as_bytes()).expect("hashed").to_string())
}

#[tokio::test]
async fn a_weaker_hash_is_replaced_at_a_login() {
    let weak = hash_at(8, 1);
    let scene = Scene::with(Setup { stored: Some(weak.clone()), ..Setup::default() }).await;
    let guard = Recorder::default();
    assert!(matches!(scene.log_in_with("wrong horse", None, &guard).await, Err(Error::InvalidCredentials)));
    assert_eq!(scene.stored(), weak, "a wrong password replaces nothing");
    scene.log_in(None, &guard).await.expect("logged in");
    let strong = scene.stored();
    assert!(strong.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", strong.as_str());
    assert!(matches!(scene.log_in_with("wrong horse", None, &guard).await, Err(Error::InvalidCredentials)));
    scene.log_in(None, &guard).await.expect("the password is the same");
    assert_eq!(scene.stored(), strong, "once is enough");
}

#[tokio::test]
async fn a_hash_that_is_not_weaker_stays() {
    let stored = hash_at(19_456, 3);
    let scene = Scene::with(Setup { stored: Some(stored.clone()), ..Setup::default() }).await;
    scene.log_in(None, &Recorder::default()).await.expect("logged in");
    assert_eq!(scene.stored(), stored);
}

#[tokio::test]
async fn without_a_secret_nobody_logs_in() {
    let scene = Scene::with(Setup { is_without_secret: true, ..Setup::default() }).await;
    let guard = Recorder::default();
    assert!(matches!(scene.log_in(None, &guard).await, Err(Error::NoOwnLogins)));
    assert_eq!(guard.take(), []);
    assert!(matches!(scene.authentication.refresh("x").await, Err(Error::NoOwnLogins)));
    assert!(matches!(scene.authentication.check_sign_in(), Err(Error::NoOwnLogins)));
    let credentials = Credentials { email: email(EMAIL), password: password(PASSWORD), code: None };
    assert!(matches!(scene.authentication.log_in(credentials, &Unlimited).await, Err(Error::NoOwnLogins)));
}
