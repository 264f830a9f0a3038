//! Accounts.

use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::value::{Phone, Role};

use super::sample::{admin_id, agent_id, at, customer_id, email, password_hash, user, users, with_login};
use super::scene::Scene;

pub(super) fn the_users_of_the_desk_are_the_accounts(scene: &Scene) {
    scene.seed();
    for user in users() {
        assert_eq!(find(scene, user.id), Some(user));
    }
    let full = User {
        phone: Phone::parse("+44 (20) 7946-0018 x5").ok(),
        created_at: at(7),
        ..with_login(customer_id(9), Role::Customer, "zoe@example.com")
    };
    scene.join(std::slice::from_ref(&full));
    assert_eq!(find(scene, full.id), Some(full));
    assert_eq!(find(scene, customer_id(99)), None);
}

pub(super) fn a_login_is_a_user_with_a_password(scene: &Scene) {
    let with = |n, address: &str, hash: Option<&str>| User {
        email: Some(email(address)),
        password: hash.map(password_hash),
        ..user(customer_id(n), Role::Customer, "x")
    };
    let ana = with(2, "ana@example.com", Some("h1"));
    scene.join(&[with(1, "ana@example.com", None), ana.clone(), with(3, "bob@example.com", None)]);
    assert_eq!(login(scene, "ana@example.com"), Some(ana.clone()));
    assert_eq!(login(scene, "ANA@Example.com"), Some(ana));
    assert_eq!(login(scene, "bob@example.com"), None, "no password, no login");
    assert_eq!(login(scene, "a@example.com"), None);
}

pub(super) fn a_login_follows_the_address(scene: &Scene) {
    let old = with_login(admin_id(), Role::Admin, "ada@example.com");
    scene.join(std::slice::from_ref(&old));
    let married = User { email: Some(email("lovelace@example.com")), ..old };
    let saved = married.clone();
    scene.at_desk(move |tx| Ok(tx.users().save(&saved)?)).expect("saved");
    assert_eq!(login(scene, "ada@example.com"), None);
    assert_eq!(login(scene, "lovelace@example.com"), Some(married.clone()));
    let without = User { password: None, ..married };
    scene.at_desk(move |tx| Ok(tx.users().save(&without)?)).expect("saved");
    assert_eq!(login(scene, "lovelace@example.com"), None, "the password is gone");
}

pub(super) fn staff_are_found_by_address(scene: &Scene) {
    scene.seed();
    let list = |address: &'static str| {
        let found = scene.read(move |tx| tx.accounts().list_staff(&email(address)));
        found.iter().map(|user| user.id).collect::<Vec<_>>()
    };
    assert_eq!(list("agent1@example.com"), [agent_id(1)]);
    assert_eq!(list("AGENT1@Example.com"), [agent_id(1)]);
    assert_eq!(list("nobody@example.com"), []);
    // Only those with a password have an address of their own.
    let move_to_two = |id, password: Option<&'static str>| {
        scene
            .at_desk(move |tx| {
                let user = tx.users().find(id)?.expect("a user");
                let password = password.map(password_hash);
                Ok(tx.users().save(&User { email: Some(email("two@example.com")), password, ..user })?)
            })
            .expect("saved");
    };
    move_to_two(admin_id(), None);
    move_to_two(customer_id(1), Some("$hash$c"));
    assert_eq!(list("two@example.com"), [admin_id()], "customers are no staff");
    move_to_two(agent_id(2), None);
    assert_eq!(list("two@example.com"), [agent_id(2), admin_id()], "both, by id");
}

pub(super) fn a_hash_is_replaced_by_another_unless_it_has_changed(scene: &Scene) {
    scene.seed();
    let replace = |id: UserId, old: &'static str, new: &'static str| {
        scene.write(move |tx| tx.accounts().replace_password(id, &password_hash(old), &password_hash(new)))
    };
    let hash = |id| find(scene, id).expect("a user").password;
    assert!(replace(agent_id(1), "$hash$1", "$hash$2"));
    assert_eq!(hash(agent_id(1)), Some(password_hash("$hash$2")));
    assert_eq!(hash(agent_id(2)), Some(password_hash("$hash$1")), "another with the same hash keeps it");
    assert!(!replace(agent_id(1), "$hash$1", "$hash$3"), "it is another by now");
    assert_eq!(hash(agent_id(1)), Some(password_hash("$hash$2")));
    assert!(!replace(customer_id(1), "$hash$1", "$hash$3"), "there is none");
    assert!(!replace(customer_id(99), "$hash$1", "$hash$3"), "there is nobody");
    let mut expected = with_login(agent_id(1), Role::Agent, "agent1@example.com");
    expected.password = Some(password_hash("$hash$2"));
    assert_eq!(login(scene, "agent1@example.com"), Some(expected), "nothing else changed");
}

pub(super) fn a_hash_is_replaced_once_under_concurrency(scene: &Scene) {
    scene.seed();
    let replaced = scene.in_threads(8, |scene, n| {
        let new = password_hash(&format!("$hash$new{n}"));
        let written = new.clone();
        let did = scene.write(move |tx| {
            tx.accounts().replace_password(agent_id(1), &password_hash("$hash$1"), &written)
        });
        did.then_some(new)
    });
    let winners: Vec<_> = replaced.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(find(scene, agent_id(1)).expect("a user").password.as_ref(), winners.first());
}

fn find(scene: &Scene, id: UserId) -> Option<User> {
    scene.read(move |tx| tx.accounts().find(id))
}

fn login(scene: &Scene, address: &str) -> Option<User> {
    let address = email(address);
    scene.read(move |tx| tx.accounts().find_login(&address))
}
