//! `admin create`: adds an administrator who logs in with a password. `admin reset-totp`: turns off a second factor.

use std::io::BufRead;

use support_api::password::Password;
use support_domain::actor::Actor;
use support_domain::command::CreateUser;
use support_domain::error::{Entity, Error};
use support_domain::value::{EmailAddress, PersonName, Role};
use zeroize::Zeroizing;

use crate::cli::{AdminCreateArgs, AdminResetTotpArgs};
use crate::command::{block_on, desk};
use crate::config::Config;
use crate::failure::Failure;
use crate::store;

pub(crate) fn create(config: &Config, args: &AdminCreateArgs) -> Result<(), Failure> {
    let email = EmailAddress::parse(&args.email).map_err(|error| Failure::new(format!("--email {error}")))?;
    let name = PersonName::parse(&args.name).map_err(|error| Failure::new(format!("--name {error}")))?;
    let text = read_password(args.password_stdin)?;
    let password = Password::choose(&text).map_err(|error| Failure::new(format!("the password {error}")))?;
    let password = support_http::hash_password(&password).map_err(|error| Failure::new(error.to_string()))?;
    let desk = desk(store::open(config)?);
    let command = CreateUser { role: Role::Admin, name, email, phone: None, password };
    let user = block_on(desk.create_user(&Actor::system(), command))?;
    let user = user.map_err(|error| Failure::new(error.to_string()))?;
    println!("{}", user.id);
    Ok(())
}

pub(crate) fn reset_totp(config: &Config, args: &AdminResetTotpArgs) -> Result<(), Failure> {
    let email = EmailAddress::parse(&args.email).map_err(|error| Failure::new(format!("--email {error}")))?;
    let desk = desk(store::open(config)?);
    let reset = block_on(async {
        let user = desk.find_login(email).await?.ok_or(Error::NotFound(Entity::User))?;
        desk.reset_second_factor(&Actor::system(), user.id).await
    })?;
    reset.map_err(|error| Failure::new(error.to_string()))
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
