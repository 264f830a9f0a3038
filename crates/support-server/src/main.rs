//! The helpdesk server: reads the configuration, puts the parts together and runs a command.

mod cli;
mod command;
mod config;
mod demo;
mod failure;
mod keys;
mod limits;
mod live;
mod logging;
mod publishers;
mod store;
mod system;
mod tokens;
mod tls;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{AdminCommand, Cli, Command, TokenCommand};
use crate::config::Config;
use crate::failure::Failure;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("support-server: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    // Documents need no settings, which may be wrong.
    match cli.command {
        Command::Openapi => return command::openapi::run(),
        Command::Asyncapi => return command::asyncapi::run(),
        _ => {}
    }
    let config = Config::resolve(cli.settings)?;
    logging::start(&config.log, config.log_format)?;
    match cli.command {
        Command::Serve(args) => command::serve::run(&config, args.demo),
        Command::Migrate => command::migrate::run(&config),
        Command::Admin { command: AdminCommand::Create(args) } => command::admin::create(&config, &args),
        Command::Token { command: TokenCommand::Mint(args) } => command::token::mint(&config, &args),
        Command::Openapi | Command::Asyncapi => Ok(()),
    }
}
