//! `admin create`: adds an administrator who logs in with a password. `admin reset-totp`: turns off a second
//! factor. `admin unlink-identity`: forgets who somebody is at an identity provider.

use std::io::BufRead;
use std::sync::Arc;

use support_auth::{AccountAdministration, Error, Password};
use support_domain::actor::Actor;
use support_domain::command::CreateUser;
use support_domain::error::Entity;
use support_domain::id::UserId;
use support_domain::value::{EmailAddress, PersonName, Role};
use zeroize::Zeroizing;

use crate::cli::{AdminCreateArgs, AdminEmailArgs};
use crate::command::{block_on, desk};
use crate::config::Config;
use crate::failure::Failure;
use crate::store;
use support_domain::system::{SystemClock, UuidV7Ids};

pub(crate) fn create(config: &Config, args: &AdminCreateArgs) -> Result<(), Failure> {
    let email = EmailAddress::parse(&args.email).map_err(|error| Failure::new(format!("--email {error}")))?;
    let name = PersonName::parse(&args.name).map_err(|error| Failure::new(format!("--name {error}")))?;
    let text = read_password(args.password_stdin)?;
    let password = Password::choose(&text).map_err(|error| Failure::new(format!("the password {error}")))?;
    let password = support_auth::hash_password(&password).map_err(|error| Failure::new(error.to_string()))?;
    let desk = desk(store::open(config)?.desk);
    let command = CreateUser { role: Role::Admin, name, email, phone: None, password };
    let user = block_on(desk.create_user(&Actor::system(), command))?;
    let user = user.map_err(|error| Failure::new(error.to_string()))?;
    println!("{}", user.id);
    Ok(())
}

pub(crate) fn reset_totp(config: &Config, args: &AdminEmailArgs) -> Result<(), Failure> {
    with_staff(config, args, async |accounts, user| {
        accounts.reset_second_factor(&Actor::system(), user).await
    })
}

pub(crate) fn unlink_identity(config: &Config, args: &AdminEmailArgs) -> Result<(), Failure> {
    with_staff(config, args, async |accounts, user| accounts.unlink_identities(&Actor::system(), user).await)
}

/// Does something about the one member of staff with an address.
fn with_staff(
    config: &Config,
    args: &AdminEmailArgs,
    act: impl AsyncFnOnce(&AccountAdministration, UserId) -> Result<(), Error>,
) -> Result<(), Failure> {
    let email = EmailAddress::parse(&args.email).map_err(|error| Failure::new(format!("--email {error}")))?;
    let store = store::open(config)?.auth;
    let accounts = AccountAdministration::new(store, Arc::new(SystemClock), Arc::new(UuidV7Ids));
    let done = block_on(async {
        match accounts.staff_by_email(email).await?.as_slice() {
            [] => Err(Error::NotFound(Entity::User)),
            [user] => act(&accounts, user.id).await,
            _ => Err(Error::Forbidden("several members of staff have this address")),
        }
    })?;
    done.map_err(|error| Failure::new(error.to_string()))
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
