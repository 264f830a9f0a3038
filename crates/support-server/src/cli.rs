//! The command line. Every flag has an environment variable; `support.toml` comes after both.
#![expect(
    clippy::doc_markdown,
    reason = "these texts are shown in a terminal, where marks would stand in the way"
)]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A helpdesk server: tickets, agents, departments, chat and history in one binary.
///
/// Settings come from flags, then environment variables, then support.toml, then the defaults shown here.
#[derive(Debug, Parser)]
#[command(name = "support-server", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the service.
    Serve(ServeArgs),
    /// Apply pending migrations and exit (`serve` does so too).
    Migrate,
    /// Manage administrators.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Make tokens.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Manage the keys that protect personal data.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Check histories for tampering.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Print the AsyncAPI document.
    Asyncapi,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Load the demo data into an empty database first, and print one login for each role.
    #[arg(long)]
    pub(crate) demo: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Create an administrator, who logs in with a password.
    Create(AdminCreateArgs),
    /// Turn off the second factor of an agent or administrator whose device is lost, and end their sessions.
    ResetTotp(AdminEmailArgs),
    /// Forget who an agent or administrator is at the identity provider, and end their sessions; they are
    /// linked anew when they sign in next.
    UnlinkIdentity(AdminEmailArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AdminEmailArgs {
    /// Their e-mail address.
    #[arg(long)]
    pub(crate) email: String,
}

#[derive(Debug, Args)]
pub(crate) struct AdminCreateArgs {
    /// Their e-mail address.
    #[arg(long)]
    pub(crate) email: String,
    /// Their name.
    #[arg(long)]
    pub(crate) name: String,
    /// Read the password from standard input instead of asking for it.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Add an encryption key and encrypt every row again by it, also while the service runs.
    Rotate,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Print a signed token, for scripts and tests.
    Mint(TokenMintArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TokenMintArgs {
    /// What its bearer may do: customer, agent or admin.
    #[arg(long)]
    pub(crate) role: String,
    /// Whose it is: a UUID; a new one unless given.
    #[arg(long)]
    pub(crate) sub: Option<String>,
    /// Their name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Their e-mail address.
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// How long it holds, such as 90s, 15m, 1h or 7d.
    #[arg(long, default_value = "1h")]
    pub(crate) ttl: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check every ticket's history, also while the service runs: exits with 1 if one is broken, and names
    /// its first wrong entry.
    Verify(AuditVerifyArgs),
    /// Write down, signed, where every ticket's history ends, for `audit verify` to compare with later.
    Checkpoint(AuditCheckpointArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AuditVerifyArgs {
    /// A checkpoint: what it knows must still be there.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// The key that must have signed the checkpoint [default: the one derived from the master key]
    #[arg(long, value_name = "BASE64", requires = "checkpoint")]
    pub(crate) public_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AuditCheckpointArgs {
    /// The file to write.
    #[arg(long, value_name = "FILE", required_unless_present = "public_key")]
    pub(crate) out: Option<PathBuf>,
    /// Print the key by which others can check checkpoints.
    #[arg(long)]
    pub(crate) public_key: bool,
}

/// Whether rate limits apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    On,
    Off,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Settings as given on the command line or in the environment.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Settings {
    /// Settings file [default: support.toml, if it exists]
    #[arg(long, global = true, env = "SUPPORT_CONFIG", value_name = "FILE", help_heading = "Settings")]
    pub(crate) config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "SUPPORT_LISTEN", value_name = "ADDR", help_heading = "Settings")]
    pub(crate) listen: Option<String>,
    /// Database: sqlite://PATH or postgres://… [default: sqlite://DIR/support.db in the data directory]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        help_heading = "Settings"
    )]
    pub(crate) database_url: Option<String>,
    /// Directory for the database, the attachments and the generated secrets [default: data]
    #[arg(long, global = true, env = "SUPPORT_DATA_DIR", value_name = "DIR", help_heading = "Settings")]
    pub(crate) data_dir: Option<PathBuf>,
    /// HS256 token secret, at least 32 bytes [default: generated once, kept in the data directory]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_JWT_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        help_heading = "Settings"
    )]
    pub(crate) jwt_secret: Option<String>,
    /// File with an identity provider's public keys (JWKS) [default: none]
    #[arg(long, global = true, env = "SUPPORT_JWT_JWKS", value_name = "FILE", help_heading = "Settings")]
    pub(crate) jwt_jwks: Option<String>,
    /// Issuer that tokens must name [default: any]
    #[arg(long, global = true, env = "SUPPORT_JWT_ISSUER", value_name = "ISS", help_heading = "Settings")]
    pub(crate) jwt_issuer: Option<String>,
    /// Audience that tokens must name [default: any]
    #[arg(long, global = true, env = "SUPPORT_JWT_AUDIENCE", value_name = "AUD", help_heading = "Settings")]
    pub(crate) jwt_audience: Option<String>,
    /// OpenID Connect provider with which staff sign in: its issuer [default: none]
    #[arg(long, global = true, env = "SUPPORT_OIDC_ISSUER", value_name = "URL", help_heading = "Settings")]
    pub(crate) oidc_issuer: Option<String>,
    /// Client id of this service at the provider
    #[arg(long, global = true, env = "SUPPORT_OIDC_CLIENT_ID", value_name = "ID", help_heading = "Settings")]
    pub(crate) oidc_client_id: Option<String>,
    /// Client secret of this service at the provider [default: none, a public client]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_OIDC_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        help_heading = "Settings"
    )]
    pub(crate) oidc_client_secret: Option<String>,
    /// Where the provider sends browsers back to: the public address of this service and /auth/oidc/callback
    /// [default: derived from the address to listen on, if that is on this machine]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_OIDC_REDIRECT_URL",
        value_name = "URL",
        help_heading = "Settings"
    )]
    pub(crate) oidc_redirect_url: Option<String>,
    /// Master key, 32 bytes in base64; required with PostgreSQL [default: generated once, kept in the data
    /// directory]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_MASTER_KEY",
        value_name = "BASE64",
        hide_env_values = true,
        help_heading = "Settings"
    )]
    pub(crate) master_key: Option<String>,
    /// TLS certificate (PEM), the server's own and then its chain; SIGHUP reads it again [default: none,
    /// plain HTTP]
    #[arg(long, global = true, env = "SUPPORT_TLS_CERT", value_name = "FILE", help_heading = "Settings")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the TLS certificate (PEM, not encrypted) [default: none]
    #[arg(long, global = true, env = "SUPPORT_TLS_KEY", value_name = "FILE", help_heading = "Settings")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Plain HTTP on a public address is fine: a proxy in front does TLS [default: false]
    #[arg(long, global = true, env = "SUPPORT_BEHIND_PROXY", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", help_heading = "Settings")]
    pub(crate) behind_proxy: Option<bool>,
    /// Rate limits of accounts, addresses and connections; off for load tests on a private machine [default:
    /// on]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_RATE_LIMITS",
        value_name = "on|off",
        help_heading = "Settings"
    )]
    pub(crate) rate_limits: Option<Switch>,
    /// Origins that browsers may call from, comma-separated, or * [default: same origin]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_CORS_ORIGINS",
        value_name = "ORIGINS",
        help_heading = "Settings"
    )]
    pub(crate) cors_origins: Option<String>,
    /// Where attachments are kept: s3://BUCKET/PREFIX, with the usual AWS_… variables [default: attachments
    /// in the data directory]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_ATTACHMENTS_URL",
        value_name = "URL",
        help_heading = "Settings"
    )]
    pub(crate) attachments_url: Option<String>,
    /// ClamAV daemon that scans attachments: tcp://HOST:PORT or unix:///PATH; while it is away none are
    /// taken [default: none]
    #[arg(long, global = true, env = "SUPPORT_CLAMD", value_name = "URL", help_heading = "Settings")]
    pub(crate) clamd: Option<String>,
    /// Threads that answer requests [default: one for each core]
    #[arg(long, global = true, env = "SUPPORT_WORKERS", value_name = "N", help_heading = "Settings")]
    pub(crate) workers: Option<usize>,
    /// Connections to PostgreSQL [default: 16]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_DATABASE_CONNECTIONS",
        value_name = "N",
        help_heading = "Settings"
    )]
    pub(crate) database_connections: Option<u32>,
    /// What is logged: error, warn, info, debug, or filters such as info,support_http=debug [default: info]
    #[arg(long, global = true, env = "SUPPORT_LOG", value_name = "FILTER", help_heading = "Settings")]
    pub(crate) log: Option<String>,
    /// How log lines look [default: text]
    #[arg(
        long,
        global = true,
        env = "SUPPORT_LOG_FORMAT",
        value_name = "text|json",
        help_heading = "Settings"
    )]
    pub(crate) log_format: Option<LogFormat>,
}
