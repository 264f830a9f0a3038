//! The desk over TLS, as `openssl` and the official chat client find it.
#![cfg(test)]

mod authority;
mod mistakes;
mod s_client;
mod scene;
mod silence;

use std::fs;

use serde_json::json;
use support_tests::live::Transport;
use support_tests::load::wait_until;
use support_tests::script::{node, succeeds};
use support_tests::testkit::{Server, raw_exchange};

use crate::authority::Authority;
use crate::s_client::{Tunnel, exchange, shake_hands, shown};
use crate::scene::{Scene, say};

/// Far more long messages than a queue of 1 MiB and the buffers on the way hold.
const MOST: u32 = 1_000;

/// A server with a certificate in this name, and no data.
fn server(authority: &Authority, name: &str) -> Server {
    authority.serve(name);
    let builder = Server::builder().env("SUPPORT_TLS_CERT", authority.at("served.pem"));
    builder.env("SUPPORT_TLS_KEY", authority.at("served.key")).start().unwrap()
}

#[test]
fn versions_1_2_and_1_3_are_spoken_and_no_others() {
    let authority = Authority::new();
    let server = server(&authority, "desk");
    let address = server.address().unwrap();
    for (version, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let ended = shake_hands(&authority, address, &[version]);
        assert_eq!(ended.code, Some(0), "{version}: {ended:?}");
        assert!(ended.stdout.contains(&format!("New, {name}, Cipher is ")), "{version}: {ended:?}");
    }
    for version in ["-tls1", "-tls1_1"] {
        // At the usual level the client would not even ask.
        let ended = shake_hands(&authority, address, &[version, "-cipher", "DEFAULT@SECLEVEL=0"]);
        assert_eq!(ended.code, Some(1), "{version}: {ended:?}");
        // It is the server that refuses: such a client offers nothing that could be agreed on.
        let alerts = ["alert protocol version", "alert handshake failure"];
        assert!(alerts.iter().any(|alert| ended.stderr.contains(alert)), "{version}: {ended:?}");
    }
}

#[test]
fn the_whole_chain_is_shown_and_http_1_1_alone_is_offered() {
    let authority = Authority::new();
    let server = server(&authority, "desk");
    let address = server.address().unwrap();
    // Who trusts the root alone needs the certificate in between.
    let ended = shake_hands(&authority, address, &["-alpn", "h2,http/1.1"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout.matches("-----BEGIN CERTIFICATE-----").count(), 2, "{ended:?}");
    assert!(ended.stdout.contains("Verify return code: 0 (ok)"), "{ended:?}");
    assert!(ended.stdout.contains("ALPN protocol: http/1.1"), "{ended:?}");
    let ended = shake_hands(&authority, address, &["-alpn", "h2"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("alert no application protocol"), "{ended:?}");
}

#[test]
fn answers_tell_browsers_to_come_by_tls_alone() {
    let authority = Authority::new();
    let server = server(&authority, "desk");
    let address = server.address().unwrap();
    let plain = Server::builder().start().unwrap();
    for (path, status) in [("/readyz", 200), ("/support/tickets", 401), ("/nowhere", 404)] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = exchange(&authority, address, &request).to_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{answer}");
        let head = answer.split("\r\n\r\n").next().unwrap();
        for header in [
            "strict-transport-security: max-age=31536000",
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        ] {
            assert!(head.lines().any(|line| line == header), "{path} should answer {header}: {head}");
        }
        assert!(head.contains("\r\npermissions-policy: "), "{head}");
        // Over plain HTTP anybody on the way could have said so.
        let answer = plain.http().unwrap().get(path).unwrap();
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{answer:?}");
        assert_eq!(answer.header("strict-transport-security"), None, "{answer:?}");
    }
}

#[test]
fn plain_http_is_not_answered() {
    let authority = Authority::new();
    let server = server(&authority, "desk");
    let address = server.address().unwrap();
    for request in ["GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\n\r\n", "nonsense"] {
        let answer = raw_exchange(address, request.as_bytes()).unwrap();
        assert_eq!(answer.status, None, "{answer:?}");
    }
    assert_eq!(shown(&authority, address), "desk");
}

#[test]
fn the_official_client_chats() {
    let scene = Scene::set("desk");
    let argument = json!({
        "url": format!("https://{}", scene.address),
        "root": scene.authority.root(),
        "people": { "ann": scene.ann.http.token(), "lou": scene.lou.http.token() },
        "ticket": scene.ticket,
    });
    succeeds(node("tls.mjs", [argument.to_string()]));
}

#[test]
fn a_new_certificate_is_shown_and_nobody_is_cut_off() {
    let mut scene = Scene::set("first");
    let (authority, address) = (&scene.authority, scene.address);
    let tunnel = Tunnel::to(authority, address);
    let mut clients = Transport::BOTH.map(|transport| tunnel.enter(transport, &scene.ann));
    for client in &mut clients {
        client.join(&scene.ticket);
    }
    assert_eq!(shown(authority, address), "first");

    authority.serve("second");
    scene.desk.server.ask_to_reload().unwrap();
    wait_until("the new certificate is shown", || shown(authority, address) == "second").unwrap();
    // Files that do not fit together, as when one of them was not replaced yet.
    authority.issue("third");
    fs::copy(authority.path("third.pem"), authority.path("served.pem")).unwrap();
    scene.desk.server.ask_to_reload().unwrap();
    let complaints =
        || scene.desk.server.log().lines().filter(|line| line.contains("old certificate")).count();
    wait_until("the mistake is logged", || complaints() > 0).unwrap();
    let log = scene.desk.server.log();
    let complaint = log.lines().find(|line| line.contains("old certificate")).unwrap();
    assert!(complaint.contains("SUPPORT_TLS_KEY") && complaint.contains("served.key"), "{complaint}");
    assert_eq!((complaints(), shown(authority, address).as_str()), (1, "second"));
    // Once they do, they are taken.
    authority.serve("fourth");
    scene.desk.server.ask_to_reload().unwrap();
    wait_until("the last certificate is shown", || shown(authority, address) == "fourth").unwrap();

    for client in &mut clients {
        client.say(&scene.ticket, "Still here.");
    }
    scene.desk.server.ask_to_stop().unwrap();
    let ends = clients.map(|mut client| client.ends().code);
    assert_eq!(ends, [Some(1001); 2], "who is connected should be told that the server goes away");
    assert_eq!(scene.desk.server.ended().unwrap().code(), Some(0));
}

#[test]
fn who_reads_nothing_is_cut_off() {
    let scene = Scene::set("desk");
    let tunnel = Tunnel::to(&scene.authority, scene.address);
    let lou = tunnel.person(&scene.lou);
    say(&lou, &scene.ticket, "One message, so that this connection is there.");
    let before = scene.sockets();
    for transport in Transport::BOTH {
        let mut slow = tunnel.enter(transport, &scene.ann);
        slow.join(&scene.ticket);
        assert!(scene.sockets() > before, "a connection should have its socket");
        let mut said = 0;
        while scene.sockets() > before {
            assert!(
                said < MOST,
                "{transport:?}: who has not read {MOST} long messages should be cut off by now"
            );
            say(&lou, &scene.ticket, &"\u{1f980}".repeat(10_000));
            said += 1;
        }
        eprintln!("{transport:?}: cut off after {said} messages");
        drop(slow);
    }
}
