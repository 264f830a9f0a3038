//! Second factors.

use support_domain::error::StoreError;
use support_domain::id::UserId;

use super::sample::{admin_id, agent_id, at, customer_id};
use super::scene::Scene;
use crate::second_factor::{RecoveryCodeHash, SecondFactor, TotpSecret};

pub(super) fn unset_and_set_fields_come_back(scene: &Scene) {
    scene.seed();
    let (pending, confirmed) = (factor(admin_id(), 1), factor(agent_id(1), 2).confirm(7, at(9)));
    save(scene, &pending);
    save(scene, &confirmed);
    assert_eq!(find(scene, admin_id()), Some(pending.clone()));
    assert_eq!(find(scene, agent_id(1)), Some(confirmed.clone()));
    assert_eq!(find(scene, agent_id(2)), None);
    let locked = scene.write(|tx| {
        let found = [tx.second_factors().lock(admin_id())?, tx.second_factors().lock(agent_id(1))?];
        Ok::<_, StoreError>((found, tx.second_factors().lock(agent_id(2))?))
    });
    assert_eq!(locked, ([Some(pending), Some(confirmed)], None));
}

pub(super) fn a_saved_factor_replaces_the_old_one(scene: &Scene) {
    scene.seed();
    save(scene, &factor(admin_id(), 1).confirm(7, at(9)));
    put_codes(scene, admin_id(), 0..3);
    save(scene, &factor(agent_id(1), 3));
    let next = SecondFactor { created_at: at(20), ..factor(admin_id(), 2) };
    save(scene, &next);
    assert_eq!(find(scene, admin_id()), Some(next), "fields are set back as well");
    assert_eq!(codes_left(scene, admin_id()), 3);
    assert_eq!(find(scene, agent_id(1)), Some(factor(agent_id(1), 3)));
}

pub(super) fn a_factor_is_deleted_with_its_codes(scene: &Scene) {
    scene.seed();
    let users = [admin_id(), agent_id(1)];
    for user in users {
        save(scene, &factor(user, 1));
        put_codes(scene, user, 0..2);
    }
    assert!(scene.write(|tx| tx.second_factors().delete(admin_id())));
    assert!(!scene.write(|tx| tx.second_factors().delete(admin_id())), "once");
    assert!(!scene.write(|tx| tx.second_factors().delete(customer_id(1))));
    assert_eq!(find(scene, admin_id()), None);
    assert_eq!(users.map(|user| codes_left(scene, user)), [0, 2]);
    save(scene, &factor(admin_id(), 4));
    assert_eq!(codes_left(scene, admin_id()), 0, "a new factor has no codes of the old one");
}

pub(super) fn a_recovery_code_is_spent_once_by_its_user(scene: &Scene) {
    scene.seed();
    let users = [admin_id(), agent_id(1)];
    for user in users {
        save(scene, &factor(user, 1));
        put_codes(scene, user, 0..2);
    }
    let spend =
        |user: UserId, n: u8| scene.write(move |tx| tx.second_factors().spend_recovery_code(user, &code(n)));
    assert!(!spend(admin_id(), 9));
    assert!(!spend(customer_id(1), 0));
    assert!(spend(admin_id(), 1));
    assert!(!spend(admin_id(), 1));
    assert_eq!(users.map(|user| codes_left(scene, user)), [1, 2]);
    assert!(spend(agent_id(1), 1), "another's same code is their own");
    put_codes(scene, admin_id(), 4..6);
    assert!(!spend(admin_id(), 0), "new codes replace the old ones");
    assert!(spend(admin_id(), 5));
}

pub(super) fn a_code_is_spent_once_under_concurrency(scene: &Scene) {
    scene.seed();
    save(scene, &factor(admin_id(), 1).confirm(1, at(1)));
    put_codes(scene, admin_id(), 0..1);
    let spent = scene.in_threads(8, |scene, _| {
        scene.write(|tx| {
            let factor = tx.second_factors().lock(admin_id())?.expect("it exists");
            let step = match factor.spend(2) {
                Some(factor) => tx.second_factors().save(&factor).map(|()| true)?,
                None => false,
            };
            Ok::<_, StoreError>((step, tx.second_factors().spend_recovery_code(admin_id(), &code(0))?))
        })
    });
    assert_eq!(spent.iter().filter(|(step, _)| *step).count(), 1);
    assert_eq!(spent.iter().filter(|(_, code)| *code).count(), 1);
}

fn factor(user: UserId, n: u8) -> SecondFactor {
    SecondFactor::enrol(user, TotpSecret::new([n.wrapping_mul(37) | 0x80; TotpSecret::LENGTH]), at(n.into()))
}

fn code(n: u8) -> RecoveryCodeHash {
    RecoveryCodeHash([n.wrapping_mul(41) | 0x80; 32])
}

fn save(scene: &Scene, factor: &SecondFactor) {
    let factor = factor.clone();
    scene.write(move |tx| tx.second_factors().save(&factor));
}

fn find(scene: &Scene, user: UserId) -> Option<SecondFactor> {
    scene.read(move |tx| tx.second_factors().find(user))
}

fn put_codes(scene: &Scene, user: UserId, codes: std::ops::Range<u8>) {
    let codes: Vec<RecoveryCodeHash> = codes.map(code).collect();
    scene.write(move |tx| tx.second_factors().replace_recovery_codes(user, &codes));
}

fn codes_left(scene: &Scene, user: UserId) -> u32 {
    scene.read(move |tx| tx.second_factors().count_recovery_codes(user))
}
