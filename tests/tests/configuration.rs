//! Mistakes of whoever sets the service up: a line that says what to do, and exit code 2.
#![cfg(test)]

use std::fs;
use std::net::TcpListener;

use support_tests::program::{Ended, run};
use support_tests::testkit::postgres::{Cluster, Database};
use support_tests::testkit::{MASTER_KEY, Server};

/// What `serve` does with these settings and this `support.toml`; `None` leaves a variable out.
fn serve(settings: &[(&str, Option<&str>)], toml: &str) -> Ended {
    let server = Server::builder().prepare().unwrap();
    let mut command = server.command(&["serve"]);
    for (name, value) in settings {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if !toml.is_empty() {
        let directory = server.data_directory();
        fs::write(directory.parent().unwrap().join("support.toml"), toml).unwrap();
    }
    run(command, "")
}

/// It ended with exit code 2 and one line, which has these words and none of those secrets.
#[track_caller]
fn assert_line(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let lines: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{ended:?}");
    assert!(lines[0].len() > 20 && !lines[0].contains("panicked"), "{ended:?}");
    for word in words {
        assert!(lines[0].contains(word), "{word} is not in: {}", lines[0]);
    }
    for secret in ["hunter2", MASTER_KEY] {
        assert!(!ended.stderr.contains(secret) && !ended.stdout.contains(secret), "{ended:?}");
    }
}

#[test]
fn a_wrong_setting_is_told_in_a_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("garbage.db"), "this is no database\n".repeat(1_000)).unwrap();
    fs::write(at("garbage.json"), "{").unwrap();
    fs::write(at("no-keys.json"), r#"{"keys": []}"#).unwrap();
    let (garbage, no_folder) = (format!("sqlite://{}", at("garbage.db")), "/dev/null/support.db");
    let (json, no_keys, absent) = (at("garbage.json"), at("no-keys.json"), at("absent.json"));
    let (short_key, long_key) = ("AAAA", format!("{MASTER_KEY}{MASTER_KEY}"));
    let no_folder_url = format!("sqlite://{no_folder}");
    let cases: &[(&str, &str, &[&str])] = &[
        ("SUPPORT_DATABASE_URL", "mysql://user:hunter2@host/db", &["SUPPORT_DATABASE_URL", "mysql"]),
        ("SUPPORT_DATABASE_URL", "support.db", &["SUPPORT_DATABASE_URL"]),
        ("SUPPORT_DATABASE_URL", "sqlite://", &["SUPPORT_DATABASE_URL"]),
        ("SUPPORT_DATABASE_URL", &garbage, &[]),
        ("SUPPORT_DATABASE_URL", &no_folder_url, &[]),
        ("SUPPORT_DATABASE_URL", "postgres://user:hunter2@127.0.0.1:1/desk", &[]),
        ("SUPPORT_DATABASE_URL", "postgres://user:hunter2@no-such-host.invalid/desk", &[]),
        ("SUPPORT_JWT_SECRET", "hunter2", &["SUPPORT_JWT_SECRET", "32"]),
        ("SUPPORT_JWT_SECRET", "1234567890123456789012345678901", &["SUPPORT_JWT_SECRET", "32"]),
        ("SUPPORT_MASTER_KEY", short_key, &["SUPPORT_MASTER_KEY", "32", "base64"]),
        ("SUPPORT_MASTER_KEY", &long_key, &["SUPPORT_MASTER_KEY"]),
        ("SUPPORT_MASTER_KEY", "!hunter2!", &["SUPPORT_MASTER_KEY", "base64"]),
        ("SUPPORT_LISTEN", &taken, &[&taken]),
        ("SUPPORT_LISTEN", "nonsense", &["SUPPORT_LISTEN", "nonsense"]),
        ("SUPPORT_LISTEN", "127.0.0.1:99999", &["SUPPORT_LISTEN"]),
        ("SUPPORT_LISTEN", "0.0.0.0:0", &["SUPPORT_LISTEN", "TLS"]),
        ("SUPPORT_LISTEN", "[::]:0", &["SUPPORT_LISTEN", "TLS"]),
        ("SUPPORT_JWT_JWKS", &absent, &["absent.json"]),
        ("SUPPORT_JWT_JWKS", &json, &[]),
        ("SUPPORT_JWT_JWKS", &no_keys, &[]),
        ("SUPPORT_CORS_ORIGINS", "desk.example", &["SUPPORT_CORS_ORIGINS", "desk.example"]),
        ("SUPPORT_TLS_CERT", &absent, &["SUPPORT_TLS_CERT"]),
        ("SUPPORT_BUS_URL", "nonsense", &["SUPPORT_BUS_URL"]),
    ];
    for (name, value, words) in cases {
        let ended = serve(&[(name, Some(value))], "");
        assert_eq!(ended.code, Some(2), "{name}={value}: {ended:?}");
        assert_line(&ended, words);
    }
    // Nothing can be kept below a file.
    let settings = [
        ("SUPPORT_DATA_DIR", Some("/dev/null/data")),
        ("SUPPORT_DATABASE_URL", None),
        ("SUPPORT_JWT_SECRET", None),
    ];
    assert_line(&serve(&settings, ""), &["/dev/null/data"]);
}

#[test]
fn what_nobody_knows_is_named() {
    for (toml, words) in [
        ("lisen = \"127.0.0.1:1\"\n", &["support.toml", "lisen"][..]),
        ("listen = 7\n", &["support.toml", "line 1"]),
        ("# fine\nlisten = \n", &["support.toml", "line 2"]),
        ("[server]\nlisten = \"127.0.0.1:1\"\n", &["support.toml", "server"]),
        ("jwt_secret = \"hunter2\"\n", &["32"]),
    ] {
        assert_line(&serve(&[("SUPPORT_JWT_SECRET", None)], toml), words);
    }
    let server = Server::builder().prepare().unwrap();
    for (arguments, word) in [
        (&["serve", "--frobnicate"][..], "--frobnicate"),
        (&["frobnicate"], "frobnicate"),
        (&["serve", "--rate-limits", "maybe"], "maybe"),
        (&["serve", "--behind-proxy=perhaps"], "perhaps"),
        (&["admin", "create", "--name", "Ada"], "--email"),
        (&["admin"], "create"),
        (&[], "serve"),
    ] {
        let ended = run(server.command(arguments), "");
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(
            ended.stderr.contains(word) && !ended.stderr.contains("panicked"),
            "{arguments:?}: {ended:?}"
        );
    }
}

#[test]
fn nodes_share_a_key_or_do_not_start() {
    let database = Database::empty(&Cluster::shared().unwrap()).unwrap();
    let url = database.url();
    let settings = [("SUPPORT_DATABASE_URL", Some(url.as_str())), ("SUPPORT_MASTER_KEY", None)];
    assert_line(&serve(&settings, ""), &["SUPPORT_MASTER_KEY", "PostgreSQL"]);
    assert_eq!(
        database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").unwrap().trim(),
        "0"
    );
}

#[test]
fn a_flag_comes_before_the_environment_and_that_before_the_file() {
    let server = Server::builder().prepare().unwrap();
    let directory = server.data_directory();
    let toml = directory.parent().unwrap().join("support.toml");
    let mint = |arguments: &[&str], environment: bool, file: bool| {
        let mut command = server.command(&[&["token", "mint", "--role", "admin"], arguments].concat());
        if !environment {
            command.env_remove("SUPPORT_JWT_SECRET");
        }
        fs::write(
            &toml,
            if file { "jwt_secret = \"the secret of the file, which is long enough\"" } else { "" },
        )
        .unwrap();
        let token = run(command, "");
        assert_eq!(token.code, Some(0), "{token:?}");
        let token = token.stdout.trim().to_owned();
        // Which secret signed it shows in which server takes it.
        let accepts = |secret: &str| {
            let other = Server::builder().env("SUPPORT_JWT_SECRET", secret).start().unwrap();
            other.http().unwrap().with_token(token.as_str()).get("/support/tickets").unwrap().status == 200
        };
        [
            ("flag", "the secret of the flag, which is long enough"),
            ("environment", support_tests::testkit::JWT_SECRET),
            ("file", "the secret of the file, which is long enough"),
        ]
        .into_iter()
        .find(|(_, secret)| accepts(secret))
        .map_or("default", |(name, _)| name)
    };
    let flag = ["--jwt-secret", "the secret of the flag, which is long enough"];
    assert_eq!(mint(&flag, true, true), "flag");
    assert_eq!(mint(&[], true, true), "environment");
    assert_eq!(mint(&[], false, true), "file");
    assert_eq!(mint(&[], false, false), "default");
}

#[test]
fn behind_a_proxy_it_may_be_public() {
    let builder = Server::builder().env("SUPPORT_LISTEN", "0.0.0.0:0").env("SUPPORT_BEHIND_PROXY", "true");
    let mut server = builder.start().unwrap();
    assert!(server.address().unwrap().ip().is_unspecified());
    assert_eq!(server.stop().unwrap().code(), Some(0));
}
