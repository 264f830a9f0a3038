//! What becomes of the authentication of somebody whose personal data the desk erases.

use support_domain::error::Error as DeskError;
use support_domain::value::Role;

use super::sample::{at, customer_id, email, hash, token, with_login};
use super::scene::Scene;
use crate::refresh_token::RefreshToken;

const LOGIN: &str = "ana@example.com";

/// Customer 3 with a login and token 1, beside the users of the sample.
fn prepare(scene: &Scene) {
    scene.seed();
    scene.join(&[with_login(customer_id(3), Role::Customer, LOGIN)]);
    add(scene, &of_customer(1));
}

fn of_customer(n: u8) -> RefreshToken {
    RefreshToken { user_id: customer_id(3), ..token(n, u64::from(n)) }
}

fn add(scene: &Scene, token: &RefreshToken) {
    let token = token.clone();
    scene.write(move |tx| tx.sessions().insert(&token));
}

fn read(scene: &Scene, n: u8) -> Option<RefreshToken> {
    scene.write(move |tx| tx.sessions().lock(&hash(n)))
}

fn erase(scene: &Scene) {
    scene.at_desk(|tx| Ok(tx.users().erase(customer_id(3))?)).expect("erased");
}

pub(super) fn an_erased_user_is_out(scene: &Scene) {
    prepare(scene);
    erase(scene);
    assert_eq!(read(scene, 1), None);
    assert_eq!(scene.read(|tx| tx.accounts().find_login(&email(LOGIN))), None);
    let user = scene.read(|tx| tx.accounts().find(customer_id(3))).expect("the user stays");
    assert_eq!((user.email, user.password), (None, None));
}

pub(super) fn sessions_of_others_and_later_ones_stay(scene: &Scene) {
    prepare(scene);
    let others = RefreshToken { user_id: customer_id(1), ..token(2, 2) };
    add(scene, &others);
    erase(scene);
    assert_eq!(read(scene, 2).as_ref(), Some(&others));
    let later = RefreshToken { issued_at: at(50), ..of_customer(3) };
    add(scene, &later);
    assert_eq!(read(scene, 3), Some(later));
    erase(scene);
    assert_eq!([read(scene, 2), read(scene, 3)], [Some(others), None], "a second time takes it as well");
}

pub(super) fn erasure_that_is_undone_ends_no_session(scene: &Scene) {
    prepare(scene);
    let undone = scene.at_desk(|tx| {
        tx.users().erase(customer_id(3))?;
        Err(DeskError::Forbidden("undone"))
    });
    assert!(matches!(undone, Err(DeskError::Forbidden("undone"))), "{undone:?}");
    assert_eq!(read(scene, 1), Some(of_customer(1)));
    assert!(scene.read(|tx| tx.accounts().find_login(&email(LOGIN))).is_some());
}
