//! Sessions.

use support_domain::error::StoreError;
use support_domain::time::Timestamp;

use super::sample::{admin_id, at, customer_id, hash, session, token};
use super::scene::Scene;
use crate::refresh_token::{RefreshToken, TokenState};

pub(super) fn tokens_come_back_in_every_state(scene: &Scene) {
    scene.seed();
    for (n, state) in (1..).zip(TokenState::ALL) {
        let token = RefreshToken { state: *state, ..token(n, 1) };
        add(scene, std::slice::from_ref(&token));
        assert_eq!(read(scene, n), Some(token));
    }
    assert_eq!(read(scene, 9), None);
}

pub(super) fn a_hash_is_stored_once(scene: &Scene) {
    scene.seed();
    add(scene, &[token(1, 1)]);
    let double = RefreshToken { user_id: customer_id(2), ..token(1, 2) };
    scene.refusal(move |tx| tx.sessions().insert(&double));
    assert_eq!(read(scene, 1), Some(token(1, 1)));
}

pub(super) fn the_state_of_one_token_is_set(scene: &Scene) {
    scene.seed();
    add(scene, &[token(1, 1), token(2, 1), token(3, 2)]);
    for state in [TokenState::Used, TokenState::Revoked, TokenState::Fresh, TokenState::Used] {
        scene.write(move |tx| {
            tx.sessions().lock(&hash(2))?;
            tx.sessions().save_state(&hash(2), state)
        });
        assert_eq!(read(scene, 2), Some(RefreshToken { state, ..token(2, 1) }));
    }
    assert_eq!(
        [read(scene, 1), read(scene, 3)],
        [Some(token(1, 1)), Some(token(3, 2))],
        "the others are as they were"
    );
}

pub(super) fn a_session_is_revoked_whole(scene: &Scene) {
    scene.seed();
    let used = RefreshToken { state: TokenState::Used, ..token(1, 1) };
    add(scene, &[used, token(2, 1), token(3, 2)]);
    scene.write(|tx| tx.sessions().revoke(session(1)));
    let state = |n| read(scene, n).map(|token| token.state);
    assert_eq!([state(1), state(2)], [Some(TokenState::Revoked); 2]);
    assert_eq!(state(3), Some(TokenState::Fresh), "another session of the same user");
    scene.write(|tx| tx.sessions().revoke(session(9)));
    assert_eq!(state(3), Some(TokenState::Fresh));
}

pub(super) fn every_session_of_a_user_is_revoked_but_one(scene: &Scene) {
    scene.seed();
    let others = RefreshToken { user_id: customer_id(1), ..token(4, 4) };
    add(scene, &[token(1, 1), token(2, 2), token(3, 3), others]);
    let fresh = || -> Vec<u8> {
        let is_fresh = |n: &u8| read(scene, *n).is_some_and(|token| token.state == TokenState::Fresh);
        (1..=4).filter(is_fresh).collect()
    };
    scene.write(|tx| tx.sessions().revoke_all(admin_id(), Some(session(2))));
    assert_eq!(fresh(), [2, 4]);
    scene.write(|tx| tx.sessions().revoke_all(admin_id(), None));
    assert_eq!(fresh(), [4]);
}

pub(super) fn tokens_that_ended_before_are_pruned(scene: &Scene) {
    scene.seed();
    let ending = |n, micros: i64| RefreshToken {
        expires_at: Timestamp::from_micros(at(100).as_micros() + micros),
        ..token(n, u64::from(n))
    };
    let revoked = RefreshToken { state: TokenState::Revoked, ..ending(4, 1) };
    add(scene, &[ending(1, -1), ending(2, 0), ending(3, 1), revoked]);
    scene.write(|tx| tx.sessions().prune(at(100)));
    let left: Vec<u8> = (1..=4).filter(|n| read(scene, *n).is_some()).collect();
    assert_eq!(left, [2, 3, 4]);
}

pub(super) fn a_token_is_exchanged_once_under_concurrency(scene: &Scene) {
    scene.seed();
    add(scene, &[token(1, 1)]);
    let exchanged = scene.in_threads(8, |scene, _| {
        scene.write(|tx| {
            let found = tx.sessions().lock(&hash(1))?.expect("the token exists");
            let fresh = found.state == TokenState::Fresh;
            if fresh {
                tx.sessions().save_state(&hash(1), TokenState::Used)?;
            }
            Ok::<_, StoreError>(fresh)
        })
    });
    assert_eq!(exchanged.into_iter().filter(|fresh| *fresh).count(), 1);
}

fn add(scene: &Scene, tokens: &[RefreshToken]) {
    let tokens = tokens.to_vec();
    scene.write(move |tx| tokens.iter().try_for_each(|token| tx.sessions().insert(token)));
}

fn read(scene: &Scene, n: u8) -> Option<RefreshToken> {
    scene.write(move |tx| tx.sessions().lock(&hash(n)))
}
