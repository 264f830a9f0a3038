//! `admin create`: adds an administrator who logs in with a password.

use std::io::BufRead;
use std::sync::Arc;

use support_api::password::Password;
use support_domain::actor::Actor;
use support_domain::command::CreateUser;
use support_domain::desk::{Desk, Parts};
use support_domain::event::{Event, Publisher};
use support_domain::usecase::Policy;
use support_domain::value::{EmailAddress, PersonName, Role};
use zeroize::Zeroizing;

use crate::cli::AdminCreateArgs;
use crate::command::block_on;
use crate::config::Config;
use crate::failure::Failure;
use crate::store;
use crate::system::{SystemClock, SystemIds};

/// Nobody watches the command line.
struct Unwatched;

impl Publisher for Unwatched {
    fn publish(&self, _events: &[Event]) {}
}

pub(crate) fn create(config: &Config, args: &AdminCreateArgs) -> Result<(), Failure> {
    let email = EmailAddress::parse(&args.email).map_err(|error| Failure::new(format!("--email {error}")))?;
    let name = PersonName::parse(&args.name).map_err(|error| Failure::new(format!("--name {error}")))?;
    let text = read_password(args.password_stdin)?;
    let password = Password::choose(&text).map_err(|error| Failure::new(format!("the password {error}")))?;
    let password = support_http::hash_password(&password).map_err(|error| Failure::new(error.to_string()))?;
    let desk = Desk::new(Parts {
        store: store::open(config)?,
        publisher: Arc::new(Unwatched),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        policy: Policy::default(),
    });
    let command = CreateUser { role: Role::Admin, name, email, phone: None, password };
    let user = block_on(desk.create_user(&Actor::system(), command))?;
    let user = user.map_err(|error| Failure::new(error.to_string()))?;
    println!("{}", user.id);
    Ok(())
}

fn read_password(from_stdin: bool) -> Result<Zeroizing<String>, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("reading the password: {error}"));
    if !from_stdin {
        return rpassword::prompt_password("Password: ").map(Zeroizing::new).map_err(failed);
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
