//! Second factors.

use chrono::TimeDelta;
use support_auth::{Code, Error, Factor, Verdict};
use support_domain::actor::Actor;
use support_domain::id::UserId;
use support_domain::value::Role;
use uuid::Uuid;

use crate::scene::{EMAIL, PASSWORD, Recorder, Scene, lou, password};

fn code(text: &str) -> Code {
    Code::claim(text).expect("short")
}

fn by_password(verdict: Verdict) -> (Factor, String, Verdict) {
    (Factor::Password, EMAIL.to_owned(), verdict)
}

fn by_code(verdict: Verdict) -> (Factor, String, Verdict) {
    (Factor::Second, lou().id.to_string(), verdict)
}

/// Enrols Lou's device and turns it on; returns its secret and the recovery codes.
async fn turn_on(scene: &Scene) -> (String, Vec<String>) {
    let guard = Recorder::default();
    let enrolled = scene.authentication.enrol_second_factor(&lou(), password(PASSWORD), &guard).await;
    let secret = enrolled.expect("enrolled").secret;
    let shown = code(&scene.code(&secret, 0));
    let confirmed = scene.authentication.confirm_second_factor(&lou(), shown, None).await;
    (secret, confirmed.expect("confirmed"))
}

#[tokio::test]
async fn a_login_asks_for_the_code_and_takes_each_once() {
    let scene = Scene::new().await;
    let (secret, _) = turn_on(&scene).await;
    let guard = Recorder::default();
    assert!(matches!(scene.log_in(None, &guard).await, Err(Error::SecondFactorRequired)));
    assert_eq!(guard.take(), [by_password(Verdict::Undecided)]);
    // The code that confirmed it was used by that.
    let used = scene.code(&secret, 0);
    assert!(matches!(scene.log_in(Some(&used), &guard).await, Err(Error::InvalidCode)));
    assert_eq!(guard.take(), [by_code(Verdict::Wrong), by_password(Verdict::Undecided)]);
    let next = scene.code(&secret, 1);
    scene.log_in(Some(&next), &guard).await.expect("logged in");
    assert_eq!(guard.take(), [by_code(Verdict::Right), by_password(Verdict::Right)]);
    assert!(matches!(scene.log_in(Some(&next), &guard).await, Err(Error::InvalidCode)));
    let refusing = Recorder::refusing(Factor::Second);
    let refused = scene.log_in(Some(&next), &refusing).await;
    assert!(matches!(refused, Err(Error::TooManyAttempts { .. })));
    assert_eq!(refusing.take(), [by_password(Verdict::Undecided)]);
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let scene = Scene::new().await;
    let (_, recovery_codes) = turn_on(&scene).await;
    let guard = Recorder::default();
    scene.log_in(Some(&recovery_codes[0]), &guard).await.expect("logged in");
    let again = scene.log_in(Some(&recovery_codes[0]), &guard).await;
    assert!(matches!(again, Err(Error::InvalidCode)));
    let status = scene.authentication.second_factor_status(&lou()).await.expect("known");
    assert_eq!((status.is_confirmed, status.recovery_codes_left), (true, 9));
}

#[tokio::test]
async fn confirming_needs_the_device_and_ends_other_sessions() {
    let scene = Scene::new().await;
    let guard = Recorder::default();
    let refresh_token = async || scene.log_in(None, &guard).await.expect("logged in").refresh_token;
    let (kept, other) = (refresh_token().await, refresh_token().await);
    let confirm =
        async |text: &str| scene.authentication.confirm_second_factor(&lou(), code(text), Some(&kept)).await;
    assert!(matches!(confirm("123456").await, Err(Error::NoSecondFactor)));
    let enrol = async |text| scene.authentication.enrol_second_factor(&lou(), password(text), &guard).await;
    assert!(matches!(enrol("wrong horse").await, Err(Error::WrongPassword)));
    let replaced = enrol(PASSWORD).await.expect("enrolled").secret;
    let secret = enrol(PASSWORD).await.expect("enrolled again").secret;
    assert!(matches!(confirm(&scene.code(&replaced, 0)).await, Err(Error::WrongCode)));
    assert!(matches!(confirm("ABCD-EFGH-IJKL-MNOP").await, Err(Error::WrongCode)));
    assert_eq!(confirm(&scene.code(&secret, 0)).await.expect("confirmed").len(), 10);
    assert!(matches!(confirm(&scene.code(&secret, 1)).await, Err(Error::SecondFactorActive)));
    assert!(matches!(enrol(PASSWORD).await, Err(Error::SecondFactorActive)));
    assert!(matches!(scene.authentication.refresh(&other).await, Err(Error::InvalidSession(_))));
    scene.authentication.refresh(&kept).await.expect("goes on");
}

#[tokio::test]
async fn removing_needs_password_and_code() {
    let scene = Scene::new().await;
    let guard = Recorder::default();
    let remove = async |text, typed: &str| {
        scene.authentication.remove_second_factor(&lou(), password(text), code(typed), &guard).await
    };
    assert!(matches!(remove(PASSWORD, "123456").await, Err(Error::NoSecondFactor)));
    let (secret, _) = turn_on(&scene).await;
    guard.take();
    assert!(matches!(remove("wrong horse", "123456").await, Err(Error::WrongPassword)));
    assert_eq!(guard.take(), [by_password(Verdict::Wrong)]);
    assert!(matches!(remove(PASSWORD, &scene.code(&secret, 0)).await, Err(Error::WrongCode)));
    assert_eq!(guard.take(), [by_password(Verdict::Right), by_code(Verdict::Wrong)]);
    scene.clock.advance(TimeDelta::seconds(30));
    remove(PASSWORD, &scene.code(&secret, 0)).await.expect("removed");
    scene.log_in(None, &guard).await.expect("logged in without");
}

#[tokio::test]
async fn an_administrator_resets_the_factor_of_others() {
    let scene = Scene::new().await;
    let admin = Actor::new(UserId::new(Uuid::from_u128(1)), Role::Admin);
    let reset = async |by: &Actor, user| scene.authentication.reset_second_factor(by, user).await;
    assert!(matches!(reset(&admin, lou().id).await, Err(Error::NoSecondFactor)));
    let (_, recovery_codes) = turn_on(&scene).await;
    let guard = Recorder::default();
    let session = scene.log_in(Some(&recovery_codes[0]), &guard).await.expect("logged in").refresh_token;
    assert!(matches!(reset(&lou(), lou().id).await, Err(Error::Forbidden(_))));
    assert!(matches!(reset(&admin, admin.id).await, Err(Error::Forbidden(_))));
    assert!(matches!(reset(&admin, UserId::new(Uuid::from_u128(99))).await, Err(Error::NotFound(_))));
    reset(&admin, lou().id).await.expect("reset");
    assert!(matches!(scene.authentication.refresh(&session).await, Err(Error::InvalidSession(_))));
    scene.log_in(None, &guard).await.expect("logged in without");
    let customer = Actor::new(UserId::new(Uuid::from_u128(2)), Role::Customer);
    let status = scene.authentication.second_factor_status(&customer).await;
    assert!(matches!(status, Err(Error::Forbidden(_))));
}
