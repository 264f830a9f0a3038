//! Signing in with an identity provider.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use support_auth::port::{IdentityProvider, ProviderAnswer, ProviderIdentity, SignInBinding};
use support_auth::{Error, ProviderError, ProviderReturn, ReturnTo, SignInCompleted, SignInStarted};
use support_domain::actor::Actor;
use support_domain::id::UserId;
use support_domain::time::Timestamp;
use support_domain::value::Role;
use uuid::Uuid;

use crate::scene::{EMAIL, Scene, Setup, lou};

/// A provider that vouches for whoever the code names, with Lou's address if that is verified.
#[derive(Default)]
struct Voucher {
    bindings: Mutex<Vec<(String, String)>>,
}

impl IdentityProvider for Voucher {
    fn authorization_url(&self, binding: &SignInBinding) -> Result<String, ProviderError> {
        let bound = (binding.nonce.clone(), binding.verifier.to_string());
        self.bindings.lock().expect("unharmed").push(bound);
        Ok(format!("https://id.example/authorize?state={}", binding.state))
    }

    fn identify(
        &self,
        answer: &ProviderAnswer,
        binding: &SignInBinding,
        _now: Timestamp,
    ) -> Result<ProviderIdentity, ProviderError> {
        let bound = (binding.nonce.clone(), binding.verifier.to_string());
        assert!(self.bindings.lock().expect("unharmed").contains(&bound), "the same at both ends");
        let (subject, is_verified) = match answer.code.split_once('!') {
            Some((subject, _)) => (subject, true),
            None => (answer.code.as_str(), false),
        };
        if subject == "forged" {
            return Err(ProviderError::InvalidToken("forged"));
        }
        Ok(ProviderIdentity {
            issuer: "https://id.example".to_owned(),
            subject: subject.to_owned(),
            verified_email: is_verified.then(|| EMAIL.to_owned()),
        })
    }
}

async fn scene() -> Scene {
    Scene::with(Setup { provider: Some(Arc::new(Voucher::default())), ..Setup::default() }).await
}

async fn begin(scene: &Scene) -> SignInStarted {
    let page = ReturnTo::parse("/console").expect("a page");
    scene.authentication.begin_sign_in(page).await.expect("begun")
}

/// What a browser comes back with when the provider answers with `code`.
fn back(started: &SignInStarted, code: &str) -> ProviderReturn {
    let (_, state) = started.provider_url.split_once("state=").expect("a state");
    ProviderReturn {
        sealed_request: Some(started.sealed_request.clone()),
        state: Some(state.to_owned()),
        code: Some(code.to_owned()),
        issuer: None,
        error: None,
    }
}

async fn sign_in(scene: &Scene, code: &str) -> Result<SignInCompleted, Error> {
    let started = begin(scene).await;
    scene.authentication.complete_sign_in(back(&started, code)).await
}

#[tokio::test]
async fn both_halves_of_the_code_are_exchanged_once_within_a_minute() {
    let scene = scene().await;
    let completed = sign_in(&scene, "lou-1!").await.expect("signed in");
    assert_eq!(completed.return_to.as_str(), "/console");
    let exchange =
        async |code: &str, half: Option<&str>| scene.authentication.exchange_sign_in(code, half).await;
    for half in [None, Some("made up")] {
        assert!(matches!(exchange(&completed.code, half).await, Err(Error::InvalidSession(_))));
    }
    let pair = exchange(&completed.code, Some(&completed.half)).await.expect("a session");
    assert_eq!(pair.user.id, lou().id);
    let again = exchange(&completed.code, Some(&completed.half)).await;
    assert!(matches!(again, Err(Error::InvalidSession(_))));
    let ended = scene.authentication.refresh(&pair.refresh_token).await;
    assert!(matches!(ended, Err(Error::InvalidSession(_))), "a code that is used again was stolen");
    let late = sign_in(&scene, "lou-1").await.expect("signed in");
    scene.clock.advance(TimeDelta::seconds(60));
    assert!(matches!(exchange(&late.code, Some(&late.half)).await, Err(Error::InvalidSession(_))));
}

#[tokio::test]
async fn an_end_without_its_beginning_is_refused() {
    let scene = scene().await;
    let (started, other) = (begin(&scene).await, begin(&scene).await);
    let complete = async |change: fn(&mut ProviderReturn)| {
        let mut returned = back(&started, "lou-1!");
        change(&mut returned);
        scene.authentication.complete_sign_in(returned).await.map(drop)
    };
    assert!(matches!(complete(|r| r.sealed_request = None).await, Err(Error::SignInExpired)));
    assert!(matches!(complete(|r| r.sealed_request = Some("x".into())).await, Err(Error::SignInExpired)));
    assert!(matches!(complete(|r| r.state = None).await, Err(Error::SignInExpired)));
    assert!(matches!(complete(|r| r.code = None).await, Err(Error::SignInExpired)));
    let mixed = ProviderReturn { state: back(&other, "").state, ..back(&started, "lou-1!") };
    assert!(matches!(scene.authentication.complete_sign_in(mixed).await, Err(Error::SignInExpired)));
    let refusal = async |error: &str| {
        let returned = ProviderReturn { error: Some(error.to_owned()), ..back(&started, "lou-1!") };
        scene.authentication.complete_sign_in(returned).await.err().map(|error| error.to_string())
    };
    let told = |reason: &str| Some(format!("the identity provider refused: {reason}"));
    assert_eq!(refusal("access_denied").await, told("access_denied"));
    for words in ["", "Ada said no", &"x".repeat(65)] {
        assert_eq!(refusal(words).await, told("no reason"));
    }
    scene.clock.advance(TimeDelta::seconds(600));
    assert!(matches!(complete(|_| ()).await, Err(Error::SignInExpired)));
}

#[tokio::test]
async fn only_known_staff_is_let_in_and_stays_who_they_are() {
    let scene = scene().await;
    let forged = sign_in(&scene, "forged").await;
    assert!(matches!(forged, Err(Error::Provider(ProviderError::InvalidToken(_)))));
    let long = sign_in(&scene, &"x".repeat(256)).await;
    assert!(matches!(long, Err(Error::SignInRefused(_))));
    assert!(matches!(sign_in(&scene, "lou-1").await, Err(Error::UnknownIdentity)), "not verified");
    let customer = Actor::new(UserId::new(Uuid::from_u128(2)), Role::Customer);
    scene.join(customer, EMAIL, None).await;
    sign_in(&scene, "lou-1!").await.expect("customers with the address do not count");
    assert!(matches!(sign_in(&scene, "eve!").await, Err(Error::UnknownIdentity)), "Lou is another there");
    sign_in(&scene, "lou-1").await.expect("known by name");

    let completed = sign_in(&scene, "lou-1").await.expect("signed in");
    let pair = scene.authentication.exchange_sign_in(&completed.code, Some(&completed.half)).await;
    let session = pair.expect("a session").refresh_token;
    let admin = Actor::new(UserId::new(Uuid::from_u128(1)), Role::Admin);
    let accounts = scene.administration();
    assert!(matches!(accounts.unlink_identities(&lou(), lou().id).await, Err(Error::Forbidden(_))));
    accounts.unlink_identities(&admin, lou().id).await.expect("unlinked");
    assert!(matches!(accounts.unlink_identities(&admin, lou().id).await, Err(Error::NotFound(_))));
    assert!(matches!(scene.authentication.refresh(&session).await, Err(Error::InvalidSession(_))));
    assert!(matches!(sign_in(&scene, "lou-1").await, Err(Error::UnknownIdentity)));
    sign_in(&scene, "eve!").await.expect("linked anew");
}

#[tokio::test]
async fn without_a_provider_nobody_signs_in() {
    let scene = Scene::new().await;
    assert!(matches!(scene.authentication.check_sign_in(), Err(Error::NoProvider)));
    let begun = scene.authentication.begin_sign_in(ReturnTo::default()).await;
    assert!(matches!(begun, Err(Error::NoProvider)));
    let completed = scene.authentication.complete_sign_in(ProviderReturn::default()).await;
    assert!(matches!(completed, Err(Error::NoProvider)));
    let exchanged = scene.authentication.exchange_sign_in("x", Some("y")).await;
    assert!(matches!(exchanged, Err(Error::NoProvider)));
}
