//! The settings. Each is declared here, once: its flag on the command line (`--data-dir`), its key in
//! `support.toml` (`data_dir`), its environment variable, its help and its default.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

/// Declares the settings: the help as a doc comment, then
/// `key: type, CONSTANT = "VARIABLE", "VALUE" [hidden] [, default VALUE [as type]];`.
///
/// `hidden` keeps the value of the variable out of `--help`. A default with a type becomes a constant of the
/// module `default`; one without only tells in words what happens when the setting is not given.
macro_rules! settings {
    ($(
        $(#[doc = $help:literal])+
        $(#[arg($($arg:tt)*)])?
        $(#[serde($serde:ident)])?
        $key:ident: $type:ty, $name:ident = $variable:literal, $value:literal $($hidden:ident)?
            $(, default $default:literal $(as $kind:ty)?)?;
    )+) => {
        /// The environment variables of the settings, by which messages name them.
        pub(crate) mod variable {
            $(pub(crate) const $name: &str = $variable;)+
        }

        /// What settings are when they are not given.
        pub(crate) mod default {
            $($($(pub(crate) const $name: $kind = $default;)?)?)+
        }

        /// Settings as given: on the command line or in the environment, or in a file.
        #[derive(Clone, Debug, Default, Args, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Settings {$(
            #[arg(
                long,
                global = true,
                env = variable::$name,
                value_name = $value,
                help_heading = "Settings",
                hide_env_values = settings!(@is_hidden $($hidden)?),
                help = concat!($($help),+ $(, " [default: ", $default, "]")?).trim_start(),
                $($($arg)*)?
            )]
            $(#[serde($serde)])?
            pub(crate) $key: Option<$type>,
        )+}

        impl Settings {
            /// These settings, and those of `other` where these give none.
            pub(crate) fn or(self, other: Self) -> Self {
                Self {$($key: self.$key.or(other.$key),)+}
            }
        }
    };
    (@is_hidden) => { false };
    (@is_hidden hidden) => { true };
}

settings! {
    /// Settings file
    #[serde(skip)]
    config: PathBuf, CONFIG = "SUPPORT_CONFIG", "FILE", default "support.toml, if it exists";
    /// Address to listen on
    listen: String, LISTEN = "SUPPORT_LISTEN", "ADDR", default "127.0.0.1:8080" as &str;
    /// Database: sqlite://PATH or postgres://…
    database_url: String, DATABASE_URL = "SUPPORT_DATABASE_URL", "URL" hidden,
        default "sqlite://DIR/support.db in the data directory";
    /// Directory for the database, the attachments and the generated secrets
    data_dir: PathBuf, DATA_DIR = "SUPPORT_DATA_DIR", "DIR", default "data" as &str;
    /// HS256 token secret, at least 32 bytes
    jwt_secret: String, JWT_SECRET = "SUPPORT_JWT_SECRET", "SECRET" hidden,
        default "generated once, kept in the data directory";
    /// File with an identity provider's public keys (JWKS)
    jwt_jwks: String, JWT_JWKS = "SUPPORT_JWT_JWKS", "FILE", default "none";
    /// Issuer that tokens must name
    jwt_issuer: String, JWT_ISSUER = "SUPPORT_JWT_ISSUER", "ISS", default "any";
    /// Audience that tokens must name
    jwt_audience: String, JWT_AUDIENCE = "SUPPORT_JWT_AUDIENCE", "AUD", default "any";
    /// OpenID Connect provider with which staff sign in: its issuer
    oidc_issuer: String, OIDC_ISSUER = "SUPPORT_OIDC_ISSUER", "URL", default "none";
    /// Client id of this service at the provider
    oidc_client_id: String, OIDC_CLIENT_ID = "SUPPORT_OIDC_CLIENT_ID", "ID";
    /// Client secret of this service at the provider
    oidc_client_secret: String, OIDC_CLIENT_SECRET = "SUPPORT_OIDC_CLIENT_SECRET", "SECRET" hidden,
        default "none, a public client";
    /// Where the provider sends browsers back to: the public address of this service and /auth/oidc/callback
    oidc_redirect_url: String, OIDC_REDIRECT_URL = "SUPPORT_OIDC_REDIRECT_URL", "URL",
        default "derived from the address to listen on, if that is on this machine";
    /// Master key, 32 bytes in base64; required with PostgreSQL
    master_key: String, MASTER_KEY = "SUPPORT_MASTER_KEY", "BASE64" hidden,
        default "generated once, kept in the data directory";
    /// TLS certificate (PEM), the server's own and then its chain; SIGHUP reads it again
    tls_cert: PathBuf, TLS_CERT = "SUPPORT_TLS_CERT", "FILE", default "none, plain HTTP";
    /// Private key of the TLS certificate (PEM, not encrypted)
    tls_key: PathBuf, TLS_KEY = "SUPPORT_TLS_KEY", "FILE", default "none";
    /// Plain HTTP on a public address is fine: a proxy in front does TLS
    #[arg(num_args = 0..=1, default_missing_value = "true")]
    behind_proxy: bool, BEHIND_PROXY = "SUPPORT_BEHIND_PROXY", "BOOL", default false as bool;
    /// Rate limits of accounts, addresses and connections; off for load tests on a private machine
    rate_limits: Switch, RATE_LIMITS = "SUPPORT_RATE_LIMITS", "on|off", default "on";
    /// Origins that browsers may call from, comma-separated, or *
    cors_origins: String, CORS_ORIGINS = "SUPPORT_CORS_ORIGINS", "ORIGINS", default "same origin";
    /// Where attachments are kept: s3://BUCKET/PREFIX, with the usual AWS_… variables
    attachments_url: String, ATTACHMENTS_URL = "SUPPORT_ATTACHMENTS_URL", "URL",
        default "attachments in the data directory";
    /// ClamAV daemon that scans attachments: tcp://HOST:PORT or unix:///PATH; while it is away none are taken
    clamd: String, CLAMD = "SUPPORT_CLAMD", "URL", default "none";
    /// Threads that answer requests
    workers: usize, WORKERS = "SUPPORT_WORKERS", "N", default "one for each core";
    /// Connections to PostgreSQL
    database_connections: u32, DATABASE_CONNECTIONS = "SUPPORT_DATABASE_CONNECTIONS", "N",
        default 16 as u32;
    /// What is logged: error, warn, info, debug, or filters such as info,support_http=debug
    log: String, LOG = "SUPPORT_LOG", "FILTER", default "info" as &str;
    /// How log lines look
    log_format: LogFormat, LOG_FORMAT = "SUPPORT_LOG_FORMAT", "text|json", default "text";
}

/// Whether rate limits apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    #[default]
    On,
    Off,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use crate::cli::Cli;

    use super::*;

    /// Each setting as a row of the documentation: help, flag, variable, default.
    fn rows() -> Vec<(String, String)> {
        let command = Cli::command();
        let settings = command.get_arguments().filter_map(|argument| Some((argument, argument.get_env()?)));
        let row = |(argument, variable): (&clap::Arg, &std::ffi::OsStr)| {
            let help = argument.get_help().expect("help").to_string();
            let (help, default) =
                help.strip_suffix(']').and_then(|help| help.split_once(" [default: ")).unwrap_or((&help, ""));
            let (flag, variable) = (argument.get_long().expect("flag"), variable.to_str().expect("text"));
            (flag.to_owned(), format!("| {help} | `--{flag}` | `{variable}` | {default} |"))
        };
        settings.map(row).collect()
    }

    #[test]
    fn the_documentation_lists_the_settings() {
        let expected: Vec<String> = rows().into_iter().map(|(_, row)| row).collect();
        assert!(expected.len() > 20, "{expected:?}");
        let document = include_str!("../../../docs/operations.md");
        let written: Vec<&str> =
            document.lines().filter(|line| line.starts_with("| ") && line.contains("| `SUPPORT_")).collect();
        assert_eq!(written, expected, "docs/operations.md must have:\n{}", expected.join("\n"));
    }

    #[test]
    fn defaults_are_what_their_texts_say() {
        let told = |flag: &str| rows().into_iter().find(|(name, _)| name == flag).expect(flag).1;
        let named =
            |value: Option<clap::builder::PossibleValue>| value.expect("a value").get_name().to_owned();
        let ends_with = |flag: &str, value: &str| told(flag).ends_with(&format!("| {value} |"));
        assert!(ends_with("rate-limits", &named(Switch::default().to_possible_value())));
        assert!(ends_with("log-format", &named(LogFormat::default().to_possible_value())));
        assert!(ends_with("database-connections", &default::DATABASE_CONNECTIONS.to_string()));
    }
}
