//! `token mint`: prints a signed token.

use chrono::TimeDelta;
use support_domain::actor::Actor;
use support_domain::id::{IdSource, UserId};
use support_domain::time::Clock;
use support_domain::value::{EmailAddress, PersonName, Role};

use crate::cli::TokenMintArgs;
use crate::config::Config;
use crate::failure::Failure;
use crate::tokens;
use support_domain::system::{SystemClock, UuidV7Ids};

pub(crate) fn mint(config: &Config, args: &TokenMintArgs) -> Result<(), Failure> {
    let actor = actor(args)?;
    let lifetime = lifetime(&args.ttl)
        .ok_or_else(|| Failure::new("--ttl must be a length of time such as 90s, 15m, 1h or 7d"))?;
    let token = tokens::open(config)?.sign(&actor, SystemClock.now(), lifetime);
    println!("{}", token.map_err(|error| Failure::new(error.to_string()))?);
    Ok(())
}

fn actor(args: &TokenMintArgs) -> Result<Actor, Failure> {
    let option = |name: &str, error: &dyn std::fmt::Display| Failure::new(format!("--{name} {error}"));
    let role = Role::parse(&args.role).map_err(|error| option("role", &error))?;
    let id = match &args.sub {
        Some(text) => UserId::parse(text).ok_or_else(|| option("sub", &"must be a UUID"))?,
        None => UserId::generate(&UuidV7Ids as &dyn IdSource),
    };
    let name =
        args.name.as_deref().map(PersonName::parse).transpose().map_err(|error| option("name", &error))?;
    let email = args
        .email
        .as_deref()
        .map(EmailAddress::parse)
        .transpose()
        .map_err(|error| option("email", &error))?;
    Ok(Actor { name, email, ..Actor::new(id, role) })
}

/// Reads `90s`, `15m`, `1h` or `7d`; at most ten years.
fn lifetime(text: &str) -> Option<TimeDelta> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    let lifetime = TimeDelta::try_seconds(i64::from(number) * seconds)?;
    (lifetime <= TimeDelta::days(3_653)).then_some(lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_have_a_number_and_a_unit() {
        assert_eq!(lifetime("90s"), Some(TimeDelta::seconds(90)));
        assert_eq!(lifetime("7d"), Some(TimeDelta::days(7)));
        for bad in ["", "h", "1", "-1h", "0s", "1w", "1 h", "4000d", "ä"] {
            assert_eq!(lifetime(bad), None, "{bad}");
        }
    }
}
