//! The command line. Every flag has an environment variable; `support.toml` comes after both.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::settings::Settings;

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
