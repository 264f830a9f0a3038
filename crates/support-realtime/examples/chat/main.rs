//! A chat in the terminal: the conversation of one ticket, over the plain WebSocket.
//!
//! It shows what a client does so that no message is missed and none is sent twice. It enters the room with
//! the sequence that it holds, and repeats what was not acknowledged under the same `clientMessageId`, until
//! it is.

mod chat;
mod connection;
mod show;

use std::io::BufRead;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use clap::Parser;
use support_api::problem::Problem;
use support_api::request::Login;
use support_api::session::Session;

use crate::chat::Chat;
use crate::connection::{Connection, End};
use crate::show::say;

/// Chat about a ticket. What you type is sent, line by line; /typing, /read and /quit do what they say.
#[derive(Parser)]
#[expect(
    clippy::doc_markdown,
    reason = "these texts are shown in a terminal, where marks would stand in the way"
)]
struct Args {
    /// Where the service is
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// E-mail address to log in with; the password comes from SUPPORT_PASSWORD, or is asked for
    #[arg(long, value_name = "EMAIL", conflicts_with = "token", required_unless_present = "token")]
    login: Option<String>,
    /// An access token instead of a login
    #[arg(long)]
    token: Option<String>,
    /// The ticket, by its number or its id
    #[arg(long)]
    ticket: String,
}

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("chat: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<(), String> {
    let host = args.url.strip_prefix("http://").ok_or("--url must begin with http://")?.trim_end_matches('/');
    let login = args
        .login
        .map(|email| Ok::<_, String>(Login { email, password: password()?, code: None }))
        .transpose()?;
    let mut token = match &login {
        Some(login) => log_in(host, login)?,
        None => args.token.unwrap_or_default(),
    };
    let mut chat = Chat::new(args.ticket, typed_lines());
    let mut pause = Duration::from_secs(1);
    loop {
        let ended = Connection::open(host, &token).and_then(|mut connection| chat.talk(&mut connection));
        if chat.took_part() {
            pause = Duration::from_secs(1);
        }
        match (ended, &login) {
            (Ok(()), _) => return Ok(()),
            (Err(End::Unauthenticated(why)), Some(login)) => {
                say(&format!("{why}; logging in again"));
                token = log_in(host, login)?;
            }
            (Err(End::Unauthenticated(why) | End::Refused(why)), _) => return Err(why),
            (Err(End::Lost(why)), _) => say(&format!("{why}; coming back in {} s", pause.as_secs())),
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}

fn password() -> Result<String, String> {
    let prompt = |_| rpassword::prompt_password("Password: ");
    std::env::var("SUPPORT_PASSWORD").or_else(prompt).map_err(|error| error.to_string())
}

/// An access token.
fn log_in(host: &str, login: &Login) -> Result<String, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answered = agent.post(format!("http://{host}/auth/login")).send_json(login);
    let mut answer = answered.map_err(|error| error.to_string())?;
    if answer.status().is_success() {
        let session: Result<Session, _> = answer.body_mut().read_json();
        return session.map(|session| session.access_token).map_err(|error| error.to_string());
    }
    let problem: Result<Problem, _> = answer.body_mut().read_json();
    Err(problem.map_or_else(|_| answer.status().to_string(), |problem| problem.detail))
}

/// What is typed, line by line, until standard input ends.
fn typed_lines() -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        std::io::stdin().lock().lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    lines
}
