//! The helpdesk server: reads the configuration, puts the parts together and runs a command.

mod attachments;
mod checkpoint;
mod cli;
mod command;
mod config;
mod demo;
mod failure;
mod limits;
mod live;
mod logging;
mod publishers;
mod settings;
mod sign_in;
mod store;
mod tls;
mod tokens;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{AdminCommand, AuditCommand, Cli, Command, KeysCommand, TokenCommand};
use crate::config::Config;
use crate::failure::Failure;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("support-server: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    // Documents need no settings, which may be wrong.
    match cli.command {
        Command::Openapi => return command::openapi::run().map(succeeded),
        Command::Asyncapi => return command::asyncapi::run().map(succeeded),
        _ => {}
    }
    let config = Config::resolve(cli.settings)?;
    logging::start(&config.log, config.log_format)?;
    let done = match cli.command {
        Command::Audit { command: AuditCommand::Verify(args) } => {
            return command::audit::verify(&config, &args);
        }
        Command::Audit { command: AuditCommand::Checkpoint(args) } => {
            return command::audit::checkpoint(&config, &args);
        }
        Command::Serve(args) => command::serve::run(&config, args.demo),
        Command::Migrate => command::migrate::run(&config),
        Command::Admin { command: AdminCommand::Create(args) } => command::admin::create(&config, &args),
        Command::Keys { command: KeysCommand::Rotate } => command::keys::rotate(&config),
        Command::Admin { command: AdminCommand::ResetTotp(args) } => {
            command::admin::reset_totp(&config, &args)
        }
        Command::Admin { command: AdminCommand::UnlinkIdentity(args) } => {
            command::admin::unlink_identity(&config, &args)
        }
        Command::Token { command: TokenCommand::Mint(args) } => command::token::mint(&config, &args),
        Command::Openapi | Command::Asyncapi => Ok(()),
    };
    done.map(succeeded)
}

/// The exit code of commands that either succeed or tell why not.
fn succeeded((): ()) -> ExitCode {
    ExitCode::SUCCESS
}
