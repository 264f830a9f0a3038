//! Things to store. Numbers name them: the same number is the same thing.

use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::time::Timestamp;
use support_domain::value::{EmailAddress, PasswordHash, PersonName, Role};
use uuid::Uuid;

use crate::refresh_token::{RefreshToken, SessionId, TokenHash, TokenState};

/// `seconds` after the first moment of 2026-11-24, and 123,457 microseconds.
pub(super) const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_795_478_400_123_457 + seconds * 1_000_000)
}

/// An id of the form of UUID v7, ascending with `n`; `kind` keeps apart what must not be confused.
fn uuid(kind: u16, n: u64) -> Uuid {
    Uuid::from_u128(0x019a_b2c0_0000_7000_8000_0000_0000_0000 | u128::from(kind) << 64 | u128::from(n))
}

pub(super) fn agent_id(n: u64) -> UserId {
    UserId::new(uuid(2, n))
}

pub(super) fn customer_id(n: u64) -> UserId {
    UserId::new(uuid(3, n))
}

/// The administrator among [`users`].
pub(super) fn admin_id() -> UserId {
    UserId::new(uuid(4, 1))
}

pub(super) fn email(address: &str) -> EmailAddress {
    EmailAddress::parse(address).expect("an address")
}

pub(super) fn password_hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

/// A user without address, telephone number and password.
pub(super) fn user(id: UserId, role: Role, name: &str) -> User {
    let name = PersonName::parse(name).expect("a name");
    User { id, role, name, email: None, phone: None, password: None, created_at: at(-1_000) }
}

/// A user who logs in with `address`.
pub(super) fn with_login(id: UserId, role: Role, address: &str) -> User {
    User { email: Some(email(address)), password: Some(password_hash("$hash$1")), ..user(id, role, "Ana") }
}

/// Customers 1 and 2 and the administrator, without a login, and agents 1 and 2, who have one.
pub(super) fn users() -> Vec<User> {
    vec![
        user(customer_id(1), Role::Customer, "Customer 1"),
        user(customer_id(2), Role::Customer, "Customer 2"),
        user(admin_id(), Role::Admin, "Ada Admin"),
        with_login(agent_id(1), Role::Agent, "agent1@example.com"),
        with_login(agent_id(2), Role::Agent, "agent2@example.com"),
    ]
}

/// The hash of token `n`.
pub(super) fn hash(n: u8) -> TokenHash {
    TokenHash([n.wrapping_mul(37) | 0x80; 32])
}

/// Session `n`.
pub(super) fn session(n: u64) -> SessionId {
    SessionId::new(uuid(11, n))
}

/// Fresh token `n` of a session of the administrator.
pub(super) fn token(n: u8, of: u64) -> RefreshToken {
    RefreshToken {
        hash: hash(n),
        session_id: session(of),
        user_id: admin_id(),
        issued_at: at(i64::from(n)),
        expires_at: at(1_000 + i64::from(n)),
        state: TokenState::Fresh,
    }
}
