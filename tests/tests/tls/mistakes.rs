//! Mistakes of whoever gives the server its certificate, and what a certificate allows.

use std::fs;

use support_tests::program::run;
use support_tests::testkit::Server;

use crate::authority::Authority;

/// The line with which a server refuses to start with these files; the key's bytes are not in it.
#[track_caller]
fn refusal(certificates: Option<&str>, key: Option<&str>) -> String {
    let server = Server::builder().prepare().unwrap();
    let mut command = server.command(&["serve"]);
    for (name, file) in [("SUPPORT_TLS_CERT", certificates), ("SUPPORT_TLS_KEY", key)] {
        if let Some(file) = file {
            command.env(name, file);
        }
    }
    let ended = run(command, "");
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    let key = fs::read_to_string(key.unwrap_or_default()).unwrap_or_default();
    for line in key.lines().filter(|line| line.len() > 20 && !line.starts_with('-')) {
        assert!(!ended.stderr.contains(line), "{ended:?}");
    }
    ended.stderr
}

#[test]
fn a_wrong_file_is_told_in_a_line() {
    let authority = Authority::new();
    authority.issue("desk");
    authority.issue("other");
    authority.openssl(&["ec", "-in", "desk.key", "-aes128", "-passout", "pass:x", "-out", "locked.key"]);
    authority.openssl(&["ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", "odd.key"]);
    authority.openssl(&["x509", "-in", "desk.pem", "-outform", "DER", "-out", "desk.der"]);
    let pem = fs::read_to_string(authority.path("desk.pem")).unwrap();
    fs::write(authority.path("cut.pem"), &pem[..pem.len() / 4]).unwrap();
    fs::write(
        authority.path("nonsense.pem"),
        "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let key = fs::read_to_string(authority.path("desk.key")).unwrap();
    fs::write(authority.path("cut.key"), key.replace("-----END", "")).unwrap();
    for (certificates, key, words) in [
        ("absent.pem", "desk.key", ["SUPPORT_TLS_CERT", "absent.pem", "No such file"]),
        ("desk.pem", "absent.key", ["SUPPORT_TLS_KEY", "absent.key", "No such file"]),
        ("desk.key", "desk.key", ["SUPPORT_TLS_CERT", "desk.key", "no certificate"]),
        ("desk.der", "desk.key", ["SUPPORT_TLS_CERT", "desk.der", "PEM"]),
        ("cut.pem", "desk.key", ["SUPPORT_TLS_CERT", "cut.pem", "damaged"]),
        ("nonsense.pem", "desk.key", ["SUPPORT_TLS_CERT", "nonsense.pem", "damaged"]),
        ("desk.pem", "desk.pem", ["SUPPORT_TLS_KEY", "desk.pem", "no private key"]),
        ("desk.pem", "cut.key", ["SUPPORT_TLS_KEY", "cut.key", "no private key"]),
        ("desk.pem", "locked.key", ["SUPPORT_TLS_KEY", "locked.key", "encrypted"]),
        ("desk.pem", "odd.key", ["SUPPORT_TLS_KEY", "odd.key", "P-256"]),
        ("desk.pem", "other.key", ["SUPPORT_TLS_KEY", "other.key", "SUPPORT_TLS_CERT"]),
    ] {
        let line = refusal(Some(&authority.at(certificates)), Some(&authority.at(key)));
        for word in words {
            assert!(line.contains(word), "{word} is not in: {line}");
        }
    }
    let line = refusal(Some(&authority.at("desk.pem")), None);
    assert!(line.contains("SUPPORT_TLS_KEY"), "{line}");
    let line = refusal(None, Some(&authority.at("desk.key")));
    assert!(line.contains("SUPPORT_TLS_CERT"), "{line}");
}

#[test]
fn with_a_certificate_it_may_be_public() {
    let authority = Authority::new();
    authority.issue("desk");
    let builder = Server::builder().argument("--listen=0.0.0.0:0");
    let certificate = format!("--tls-cert={}", authority.at("desk.pem"));
    let key = format!("--tls-key={}", authority.at("desk.key"));
    let mut server = builder.argument(&certificate).argument(&key).start().unwrap();
    assert!(server.address().unwrap().ip().is_unspecified());
    assert!(server.log().starts_with("listening on https://0.0.0.0:"), "{}", server.log());
    assert_eq!(server.stop().unwrap().code(), Some(0));
}
