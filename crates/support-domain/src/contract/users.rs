//! Users.

use crate::contract::sample::{admin_id, at, customer_id, email, person, user, uuid};
use crate::contract::scene::Scene;
use crate::entity::User;
use crate::error::{Entity, StoreError};
use crate::id::UserId;
use crate::value::{PasswordHash, Phone, Role};

const EMAIL_TAKEN: StoreError = StoreError::Conflict { entity: Entity::User, field: "email" };

pub(super) fn unset_and_set_fields_come_back(scene: &Scene) {
    for (n, role) in (1..).zip(Role::ALL) {
        let plain = user(numbered(n), *role, "x");
        let full = User { id: numbered(n + 10), role: *role, ..full(&format!("full{n}@example.com")) };
        add(scene, &[plain.clone(), full.clone()]);
        assert_eq!([read(scene, plain.id), read(scene, full.id)], [plain, full]);
    }
    let longest = User {
        name: person(&"𐐷".repeat(200)),
        phone: Phone::parse(&"1".repeat(32)).ok(),
        password: Some(PasswordHash::new(format!("$argon2id${}", "h".repeat(200)))),
        ..user(numbered(30), Role::Customer, "x")
    };
    add(scene, std::slice::from_ref(&longest));
    assert_eq!(read(scene, longest.id), longest);
    assert_eq!(scene.read(|tx| tx.users().find(numbered(99))), None);
}

pub(super) fn the_customer_known_longest_is_found_by_address(scene: &Scene) {
    let with = |n, role, created| User {
        email: Some(email("ana@example.com")),
        created_at: at(created),
        ..user(numbered(n), role, "x")
    };
    let oldest = User { password: Some(PasswordHash::new("h".to_owned())), ..with(4, Role::Customer, 10) };
    add(
        scene,
        &[
            with(1, Role::Admin, 1),
            with(2, Role::Agent, 2),
            with(3, Role::Customer, 30),
            oldest.clone(),
            with(5, Role::Customer, 20),
            User { email: Some(email("eve@example.com")), ..with(6, Role::Customer, 5) },
            User { email: None, ..with(7, Role::Customer, 5) },
        ],
    );
    let customer = |address| {
        let address = email(address);
        scene.read(move |tx| tx.users().find_customer(&address)).map(|user| user.id)
    };
    assert_eq!(customer("ana@example.com"), Some(oldest.id));
    assert_eq!(customer("eve@example.com"), Some(numbered(6)));
    assert_eq!(customer("bob@example.com"), None);
    let renamed = User { email: Some(email("bob@example.com")), ..oldest };
    scene.write(move |tx| tx.users().save(&renamed));
    assert_eq!(customer("ana@example.com"), Some(numbered(5)), "the next one");
    assert_eq!(customer("bob@example.com"), Some(numbered(4)));
}

pub(super) fn an_address_logs_in_one_user(scene: &Scene) {
    let first = User { id: numbered(1), ..full("ana@example.com") };
    add(scene, std::slice::from_ref(&first));
    let second = User { id: numbered(2), role: Role::Admin, ..first.clone() };
    let double = second.clone();
    assert_eq!(scene.refusal(move |tx| tx.users().insert(&double)), EMAIL_TAKEN);
    assert_eq!(scene.read(|tx| tx.users().find(numbered(2))), None);
    let without = User { password: None, ..second.clone() };
    add(scene, std::slice::from_ref(&without));
    assert_eq!(scene.refusal(move |tx| tx.users().save(&second)), EMAIL_TAKEN, "a password makes it a login");
    assert_eq!([read(scene, numbered(1)), read(scene, numbered(2))], [first, without]);
}

pub(super) fn an_absent_user_is_added_and_a_known_one_left_alone(scene: &Scene) {
    let known = User { id: customer_id(1), ..full("ana@example.com") };
    let put = |user: &User| {
        let user = user.clone();
        scene.write(move |tx| tx.users().insert_if_absent(&user));
    };
    put(&known);
    assert_eq!(read(scene, known.id), known);
    put(&User { email: None, password: None, ..user(known.id, Role::Agent, "Somebody else") });
    assert_eq!(read(scene, known.id), known);
}

pub(super) fn a_user_is_added_once(scene: &Scene) {
    let known = user(customer_id(1), Role::Customer, "Ana");
    add(scene, std::slice::from_ref(&known));
    let again = User { name: person("Eve"), ..known.clone() };
    scene.refusal(move |tx| tx.users().insert(&again));
    assert_eq!(read(scene, known.id), known);
}

pub(super) fn saving_changes_name_address_number_and_password(scene: &Scene) {
    let old = user(admin_id(), Role::Admin, "Ada");
    let other = user(customer_id(1), Role::Customer, "Ana");
    add(scene, &[old.clone(), other.clone()]);
    for values in
        [full("ada@example.com"), full("lovelace@example.com"), user(admin_id(), Role::Customer, "A")]
    {
        let saved = User { id: old.id, created_at: at(99), role: Role::Customer, ..values.clone() };
        scene.write(move |tx| tx.users().save(&saved));
        let wanted = User { id: old.id, created_at: old.created_at, role: old.role, ..values };
        assert_eq!(read(scene, old.id), wanted, "role and creation stay");
    }
    assert_eq!(read(scene, other.id), other, "the other is as they were");
}

pub(super) fn concurrent_first_sights_add_one_user(scene: &Scene) {
    let seen = |n| user(customer_id(1), Role::Customer, &format!("Ana {n}"));
    scene.in_threads(8, |scene, thread| {
        let user = seen(thread);
        scene.write(move |tx| tx.users().insert_if_absent(&user));
    });
    let kept = read(scene, customer_id(1));
    assert!((0..8).any(|n| kept == seen(n)), "whole, as one of them saw it");
}

/// A customer with every field set.
fn full(address: &str) -> User {
    User {
        email: Some(email(address)),
        phone: Phone::parse("+44 (20) 7946-0018 x5").ok(),
        password: Some(PasswordHash::new("$argon2id$v=19$m=1,t=2,p=1$c2FsdA$aGFzaA".to_owned())),
        ..user(numbered(0), Role::Customer, "Zoë \"Zo\" O'Ńeill-李 🦀")
    }
}

fn numbered(n: u64) -> UserId {
    UserId::new(uuid(10, n))
}

fn add(scene: &Scene, users: &[User]) {
    let users = users.to_vec();
    scene.write(move |tx| users.iter().try_for_each(|user| tx.users().insert(user)));
}

/// The user with this id, who must exist.
#[track_caller]
fn read(scene: &Scene, id: UserId) -> User {
    scene.read(move |tx| tx.users().find(id)).expect("the user exists")
}
