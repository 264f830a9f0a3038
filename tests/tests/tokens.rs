//! Which tokens the desk takes. None of it depends on the database, so that one will do.
#![cfg(test)]

use std::fs;
use std::time::Duration;

use serde_json::json;
use support_tests::testkit::{Algorithm, Signature, SigningKey};
use support_tests::{Answer, Backend, Desk, Person, Response, Token, subject};

const MINUTE: Duration = Duration::from_mins(1);

fn start(settings: &[(&str, &str)]) -> Desk {
    Desk::start_with(Backend::Sqlite, |builder| {
        settings.iter().fold(builder, |builder, (name, value)| builder.env(name, *value))
    })
    .unwrap()
}

fn whole() -> Token {
    Token::new(&subject(1), "customer")
}

fn with_header(desk: &Desk, authorization: &str) -> Response {
    desk.nobody().send("GET", "/support/tickets", |request| request.header("Authorization", authorization))
}

fn bearer(desk: &Desk, token: &str) -> Response {
    with_header(desk, &format!("Bearer {token}"))
}

#[track_caller]
fn assert_refused(answer: &Response, why: &str) {
    assert_eq!(answer.status, 401, "{why}: {answer:?}");
    answer.problem_of(401);
    assert!(answer.must_have("www-authenticate").starts_with("Bearer"), "{why}: {answer:?}");
}

#[track_caller]
fn assert_all_refused(desk: &Desk, tokens: &[(&str, String)]) {
    for (why, token) in tokens {
        assert_refused(&bearer(desk, token), why);
    }
    // What was wrong with them was not the request.
    bearer(desk, &whole().mint()).is(200);
}

#[test]
fn a_forged_token_is_refused() {
    let desk = start(&[]);
    let unsigned = Signature::Bytes(Vec::new());
    let (header, claims) = (br#"{"alg":"HS256","typ":"JWT"}"#, br#"{"sub":1}"#);
    assert_all_refused(
        &desk,
        &[
            ("no algorithm", whole().header("alg", "none").signature(unsigned.clone()).mint()),
            (
                "no algorithm, in other letters",
                whole().header("alg", "nOnE").signature(unsigned.clone()).mint(),
            ),
            ("no algorithm but a signature", whole().header("alg", "none").mint()),
            ("no signature", whole().signature(unsigned).mint()),
            ("another secret", whole().secret("another secret of thirty-two bytes or more").mint()),
            ("an empty secret", whole().secret("").mint()),
            ("HS384", whole().header("alg", "HS384").signature(Signature::Hs384).mint()),
            ("HS512", whole().header("alg", "HS512").signature(Signature::Hs512).mint()),
            ("RS256 in the header alone", whole().header("alg", "RS256").mint()),
            ("ES256 in the header alone", whole().header("alg", "ES256").mint()),
            ("HS512 in the header alone", whole().header("alg", "HS512").mint()),
            ("HS512 in the signature alone", whole().signature(Signature::Hs512).mint()),
            ("an unknown algorithm", whole().header("alg", "HS257").mint()),
            ("an algorithm that is no text", whole().header("alg", 7).mint()),
            ("a signature of zeros", whole().signature(Signature::Bytes(vec![0; 32])).mint()),
            ("header that is no JSON", whole().mint_around(b"{", claims)),
            ("claims that are no JSON", whole().mint_around(header, b"nonsense")),
            ("claims that are no object", whole().mint_around(header, b"[]")),
            ("claims that are no UTF-8", whole().mint_around(header, b"\xff\xfe")),
            // A header extension that must be understood and is not (RFC 7515, section 4.1.11).
            ("a critical extension", whole().header("crit", json!(["urn:x"])).header("urn:x", 1).mint()),
        ],
    );
}

#[test]
fn a_token_needs_its_claims() {
    let desk = start(&[]);
    let past_and_future = json!([1, 9_999_999_999_u64]);
    assert_all_refused(
        &desk,
        &[
            ("expired", whole().expired_for(5 * MINUTE).mint()),
            ("expired long ago", whole().claim("exp", 1).mint()),
            ("expiring at a negative time", whole().claim("exp", -1).mint()),
            ("not valid yet", whole().not_before(60 * MINUTE).mint()),
            ("without sub", whole().without("sub").mint()),
            ("without role", whole().without("role").mint()),
            ("without exp", whole().without("exp").mint()),
            ("exp that is null", whole().claim("exp", json!(null)).mint()),
            ("exp that is no number", whole().claim("exp", "tomorrow").mint()),
            ("exp that is a list", whole().claim("exp", past_and_future).mint()),
            ("nbf that is no number", whole().claim("nbf", "yesterday").mint()),
            ("sub that is no UUID", Token::new("someone", "customer").mint()),
            ("an empty sub", Token::new("", "customer").mint()),
            ("sub that is a number", whole().claim("sub", 1).mint()),
            ("sub that is SQL", Token::new("' OR 1=1 --", "admin").mint()),
            ("an unknown role", Token::new(&subject(1), "root").mint()),
            ("an empty role", Token::new(&subject(1), "").mint()),
            ("several roles", whole().claim("role", json!(["customer", "admin"])).mint()),
            ("role that is null", whole().claim("role", json!(null)).mint()),
        ],
    );
    bearer(&desk, &whole().not_before(Duration::ZERO).mint()).is(200);
    bearer(&desk, &whole().claim("other", json!({ "claims": true })).mint()).is(200);
}

#[test]
fn a_header_that_is_no_bearer_token_is_refused() {
    let desk = start(&[]);
    let token = whole().mint();
    let parts: Vec<&str> = token.split('.').collect();
    let headers = [
        ("two dots", "Bearer ..".to_owned()),
        ("a dot", "Bearer .".to_owned()),
        ("no token", "Bearer".to_owned()),
        ("an empty token", "Bearer ".to_owned()),
        ("garbage", "Bearer garbage".to_owned()),
        ("more garbage", format!("Bearer {}", "A.".repeat(4_000))),
        ("without its signature", format!("Bearer {}.{}", parts[0], parts[1])),
        ("with an empty signature", format!("Bearer {}.{}.", parts[0], parts[1])),
        ("cut short", format!("Bearer {}", &token[..token.len() - 5])),
        ("with a part too many", format!("Bearer {token}.{}", parts[2])),
        ("without its header", format!("Bearer .{}.{}", parts[1], parts[2])),
        ("with its claims twice", format!("Bearer {}.{}{}.{}", parts[0], parts[1], parts[1], parts[2])),
        ("with a padded signature", format!("Bearer {token}=")),
        ("Basic", "Basic YWRtaW46YWRtaW4=".to_owned()),
        ("another scheme", format!("Token {token}")),
        ("no scheme", token.clone()),
        ("two tokens", format!("Bearer {token} {token}")),
        ("an empty header", String::new()),
    ];
    for (why, header) in headers {
        assert_refused(&with_header(&desk, &header), why);
    }
    assert_refused(&desk.nobody().get("/support/tickets"), "nothing");
    // The place of a token is its header: addresses end up in logs.
    assert_refused(&desk.nobody().get(&format!("/auth/me?access_token={token}")), "a token in the address");
    // The scheme's name is read in any letter case (RFC 9110, section 11.1).
    with_header(&desk, &format!("bearer {token}")).is(200);
    assert!(!desk.server.log().contains(parts[2]), "a token was logged");
}

#[test]
fn issuer_and_audience_count_when_they_are_configured() {
    let desk =
        start(&[("SUPPORT_JWT_ISSUER", "https://id.example"), ("SUPPORT_JWT_AUDIENCE", "support-desk")]);
    let right = || whole().claim("iss", "https://id.example").claim("aud", "support-desk");
    for (why, token) in [
        ("no issuer", right().without("iss")),
        ("another issuer", right().claim("iss", "https://id.example.evil")),
        ("no audience", right().without("aud")),
        ("another audience", right().claim("aud", "shop")),
        ("other audiences", right().claim("aud", json!(["shop", "mail"]))),
        ("an audience that is no text", right().claim("aud", 1)),
        ("neither", whole()),
    ] {
        assert_refused(&bearer(&desk, &token.mint()), why);
    }
    bearer(&desk, &right().mint()).is(200);
    bearer(&desk, &right().claim("aud", json!(["shop", "support-desk"])).mint()).is(200);
    // What the desk itself hands out must do too.
    let minted = desk.server.run(&["token", "mint", "--role", "admin"]).unwrap();
    bearer(&desk, minted.trim()).is(200);
}

#[test]
fn an_identity_providers_keys_are_taken_from_a_file() {
    let keys: Vec<SigningKey> = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa]
        .into_iter()
        .map(|algorithm| SigningKey::generate(algorithm, algorithm.name()).unwrap())
        .collect();
    let jwks = json!({ "keys": keys.iter().map(|key| key.jwk().unwrap()).collect::<Vec<_>>() });
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("jwks.json");
    fs::write(&file, jwks.to_string()).unwrap();
    let desk = start(&[("SUPPORT_JWT_JWKS", file.to_str().unwrap())]);

    for key in &keys {
        let token = key.sign(&whole().claim("name", "Nora")).unwrap();
        bearer(&desk, &token).is(200);
        let person = Person { id: subject(1), http: desk.http().with_token(token) };
        let me = person.get("/auth/me").is(200);
        assert_eq!(
            (&me["id"], &me["role"], &me["name"]),
            (&json!(subject(1)), &json!("customer"), &json!("Nora"))
        );
        let expired = key.sign(&whole().expired_for(5 * MINUTE)).unwrap();
        assert_refused(&bearer(&desk, &expired), "expired");
    }
    let [rsa, ec, ed] = keys.as_slice() else { panic!("three keys") };
    let as_it_is = |key: &SigningKey, alg: &str, kid: &str| {
        key.sign_as_it_is(&whole().header("alg", alg).header("kid", kid)).unwrap()
    };
    let stranger = SigningKey::generate(Algorithm::Es256, "ES256").unwrap();
    for (why, token) in [
        ("an unknown key", as_it_is(rsa, "RS256", "another")),
        ("the id of another key", as_it_is(rsa, "RS256", "ES256")),
        ("another key's id and algorithm", as_it_is(ec, "RS256", "RS256")),
        ("an algorithm that the key is not for", as_it_is(rsa, "PS256", "RS256")),
        ("a foreign key under a known id", as_it_is(&stranger, "ES256", "ES256")),
        ("Ed25519 called ES256", as_it_is(ed, "ES256", "EdDSA")),
    ] {
        assert_refused(&bearer(&desk, &token), why);
    }
    // The public key is no secret, so a token "signed" with it as an HMAC secret must not pass.
    for key in &keys {
        for form in ["PEM", "DER"] {
            let public = key.public(form).unwrap();
            let token = whole().header("kid", key.jwk().unwrap()["kid"].clone()).secret(public);
            assert_refused(&bearer(&desk, &token.mint()), "HMAC with a public key");
            let claimed = token.header("alg", "RS256").mint();
            assert_refused(&bearer(&desk, &claimed), "HMAC with a public key, called RS256");
        }
    }
}
