use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use support_domain::id::UserId;
use support_domain::value::{PersonName, Role};
use uuid::Uuid;

use super::*;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
/// The public keys of a provider, whose private keys were thrown away after they signed the tokens beside it.
const JWKS: &str = include_str!("fixtures/jwks.json");
const SUB: &str = "018f3a5e-7c1d-7b3a-9d2e-1f4c5b6a7d8e";

/// What a test does to good claims.
type Change = fn(&mut Value);

fn provided(name: &str) -> String {
    let tokens: Value = serde_json::from_str(include_str!("fixtures/tokens.json")).expect("JSON");
    tokens[name].as_str().expect("a token").to_owned()
}

fn own() -> AccessTokens {
    AccessTokens::new(&AccessTokenSettings {
        secret: Some(SECRET.to_vec()),
        ..AccessTokenSettings::default()
    })
    .expect("usable")
}

fn provider() -> AccessTokenSettings {
    AccessTokenSettings { jwks: Some(JWKS.to_owned()), ..AccessTokenSettings::default() }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T02:00:00Z").expect("valid")
}

fn minted(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET).expect("any key");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn claims(change: impl FnOnce(&mut Value)) -> String {
    let exp = now().as_micros() / 1_000_000 + 60;
    let mut claims = json!({"sub": SUB, "role": "agent", "exp": exp});
    change(&mut claims);
    minted(&json!({"alg": "HS256", "typ": "JWT"}), &claims)
}

#[test]
fn a_token_of_our_own_says_who_somebody_is_until_it_expires() {
    let tokens = own();
    let actor = Actor {
        name: Some(PersonName::parse("Ana").expect("valid")),
        ..Actor::new(UserId::new(Uuid::from_u128(7)), Role::Customer)
    };
    let token = tokens.sign(&actor, now(), TimeDelta::minutes(15)).expect("signed");
    let read = tokens.verify(&token, now()).expect("holds").actor;
    assert_eq!((read.id, read.role, read.name), (actor.id, actor.role, actor.name));
    let later = |seconds| now().plus(TimeDelta::seconds(seconds));
    let expires_at = tokens.verify(&token, now()).expect("holds").expires_at;
    assert_eq!(expires_at, later(15 * 60 + 2), "the leeway included");
    assert!(tokens.verify(&token, later(15 * 60)).is_ok(), "within the leeway");
    assert_eq!(tokens.verify(&token, later(15 * 60 + 5)).err(), Some(Rejected::Expired));
}

#[test]
fn a_token_needs_a_subject_a_role_and_an_end() {
    assert!(own().verify(&claims(|_| ()), now()).is_ok());
    let broken: [(&str, Change); 12] = [
        ("no sub", |c| c["sub"] = Value::Null),
        ("sub no UUID", |c| c["sub"] = json!("ana")),
        ("sub the desk itself", |c| c["sub"] = json!(Uuid::nil().to_string())),
        ("no role", |c| c["role"] = Value::Null),
        ("unknown role", |c| c["role"] = json!("root")),
        ("role no text", |c| c["role"] = json!(["admin"])),
        ("no exp", |c| c["exp"] = Value::Null),
        ("exp no number", |c| c["exp"] = json!("4102444800")),
        ("nbf no number", |c| c["nbf"] = json!("0")),
        ("not yet", |c| c["nbf"] = json!(4_102_444_800_u64)),
        ("no claims", |c| *c = json!({})),
        ("no object", |c| *c = json!([])),
    ];
    for (what, change) in broken {
        assert!(matches!(own().verify(&claims(change), now()), Err(Rejected::Invalid(_))), "{what}");
    }
    assert_eq!(own().verify(&claims(|c| c["exp"] = json!(1)), now()).err(), Some(Rejected::Expired));
}

#[test]
fn malformed_details_are_ignored() {
    let token = claims(|c| {
        c["name"] = json!("\u{0}");
        c["email"] = json!(7);
        c["phone"] = json!("+44 20 7946 0018");
    });
    let actor = own().verify(&token, now()).expect("holds").actor;
    assert!(actor.name.is_none() && actor.email.is_none() && actor.phone.is_some());
}

#[test]
fn the_token_does_not_choose_its_algorithm() {
    let good = json!({"sub": SUB, "role": "admin", "exp": 4_102_444_800_u64});
    for algorithm in ["none", "None", "HS384", "HS512", "RS256", "ES256", "EdDSA", "HS256 ", ""] {
        let token = minted(&json!({"alg": algorithm}), &good);
        assert!(own().verify(&token, now()).is_err(), "{algorithm}");
        let (unsigned, _) = token.rsplit_once('.').expect("three parts");
        assert!(own().verify(&format!("{unsigned}."), now()).is_err(), "{algorithm} without signature");
    }
    // Signed by HMAC with what everybody knows: the provider's public key.
    let both = AccessTokens::new(&AccessTokenSettings { secret: Some(SECRET.to_vec()), ..provider() })
        .expect("usable");
    assert!(both.verify(&minted(&json!({"alg": "HS256", "kid": "rsa"}), &good), now()).is_err());
    let jwk = json!({"kty": "oct", "k": "AAAA"});
    assert!(
        own().verify(&minted(&json!({"alg": "HS256", "crit": ["b64"], "b64": false}), &good), now()).is_err()
    );
    let carrying = minted(&json!({"alg": "HS256", "jwk": jwk}), &good);
    assert!(own().verify(&carrying, now()).is_ok(), "a key that the token brings along is not looked at");
}

#[test]
fn broken_tokens_are_malformed() {
    let token = claims(|_| ());
    let cut = &token[..token.len() - 3];
    let long = format!("{token}{}", "A".repeat(MAX_TOKEN_BYTES));
    for broken in ["", ".", "..", "a.b.c", "a.b.c.d", cut, &format!("{token}A"), &long] {
        assert!(matches!(own().verify(broken, now()), Err(Rejected::Invalid(_))), "{broken}");
    }
    let other = AccessTokenSettings { secret: Some(vec![1; 32]), ..AccessTokenSettings::default() };
    assert!(AccessTokens::new(&other).expect("usable").verify(&token, now()).is_err());
}

#[test]
fn tokens_of_a_provider_are_checked_with_the_key_they_name() {
    let tokens = AccessTokens::new(&provider()).expect("usable");
    for kid in ["rsa", "ec", "ed"] {
        let actor = tokens.verify(&provided(kid), now()).expect(kid).actor;
        assert_eq!((actor.id.to_string().as_str(), actor.role), (SUB, Role::Agent));
    }
    for name in ["rsaByWrongAlgorithm", "rsaWithoutKid", "rsaByUnknownKid", "rsaUnderEncryptionKey"] {
        assert!(tokens.verify(&provided(name), now()).is_err(), "{name}");
    }
    let swapped = provided("rsa").replace(provided("rsa").rsplit('.').next().expect("signature"), "AAAA");
    assert!(tokens.verify(&swapped, now()).is_err());
}

#[test]
fn tokens_of_our_own_beside_a_provider_need_a_secret() {
    let token = claims(|_| ());
    let alone = AccessTokens::new(&provider()).expect("usable");
    assert!(alone.verify(&token, now()).is_err());
    assert_eq!(
        alone.sign(&Actor::new(UserId::new(Uuid::from_u128(1)), Role::Admin), now(), TimeDelta::minutes(1)),
        Err(SignError::NoSecret)
    );
    let both = AccessTokens::new(&AccessTokenSettings { secret: Some(SECRET.to_vec()), ..provider() })
        .expect("usable");
    assert!(both.verify(&token, now()).is_ok() && both.verify(&provided("ed"), now()).is_ok());
}

#[test]
fn issuer_and_audience_are_checked_if_configured() {
    let with = |issuer: &str, audience: &str| {
        let settings = AccessTokenSettings {
            issuer: Some(issuer.to_owned()),
            audience: Some(audience.to_owned()),
            secret: Some(SECRET.to_vec()),
            ..provider()
        };
        AccessTokens::new(&settings).expect("usable")
    };
    let tokens = with("https://id.example.com", "desk");
    assert!(tokens.verify(&provided("ec"), now()).is_ok());
    assert!(with("https://id.example.com", "shop").verify(&provided("ec"), now()).is_err());
    assert!(with("https://id.example.org", "desk").verify(&provided("ec"), now()).is_err());
    assert!(tokens.verify(&claims(|_| ()), now()).is_err(), "neither issuer nor audience");
    let actor = Actor::new(UserId::new(Uuid::from_u128(1)), Role::Admin);
    let own = tokens.sign(&actor, now(), TimeDelta::minutes(1)).expect("signed");
    assert!(tokens.verify(&own, now()).is_ok());
}

#[test]
fn unusable_keys_are_refused_at_start() {
    let with = |secret: Option<&[u8]>, jwks: Option<Value>| {
        let settings = AccessTokenSettings {
            secret: secret.map(<[u8]>::to_vec),
            jwks: jwks.map(|jwks| jwks.to_string()),
            ..AccessTokenSettings::default()
        };
        AccessTokens::new(&settings).is_err()
    };
    assert!(with(None, None) && with(Some(&[0; 31]), None));
    assert!(with(None, Some(json!({}))) && with(None, Some(json!({"keys": []}))));
    assert!(with(None, Some(json!({"keys": [{"kty": "oct", "k": "AAAA"}]}))));
    assert!(with(None, Some(json!({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}))));
    let key = serde_json::from_str::<Value>(JWKS).expect("JSON")["keys"][2].clone();
    assert!(with(None, Some(json!({"keys": [key, key]}))), "the same kid twice");
    assert!(!with(None, Some(json!({"keys": [key]}))));
}
