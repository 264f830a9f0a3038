//! Transactions: kept whole, or undone whole.

use support_domain::entity::User;
use support_domain::error::{Entity, StoreError};

use super::sample::{admin_id, agent_id, at, hash, password_hash, session, token};
use super::scene::Scene;
use crate::error::{Error, ProviderError};
use crate::identity::{ExternalId, Identity};
use crate::port::AuthRepositories;
use crate::refresh_token::{RefreshToken, TokenState};
use crate::second_factor::{RecoveryCodeHash, SecondFactor, TotpSecret};

/// Everything that the sample things are in a store.
#[derive(Debug, PartialEq)]
struct Snapshot {
    account: Option<User>,
    tokens: Vec<Option<RefreshToken>>,
    factor: Option<SecondFactor>,
    recovery_codes: u32,
    identities: Vec<Option<Identity>>,
}

impl Snapshot {
    /// What there is now.
    fn take(scene: &Scene) -> Self {
        // A read need not allow locks, which are a part of what is seen.
        scene.write(Self::see)
    }

    /// What `tx` sees.
    fn see(tx: &mut dyn AuthRepositories) -> Result<Self, StoreError> {
        Ok(Self {
            account: tx.accounts().find(agent_id(1))?,
            tokens: vec![tx.sessions().lock(&hash(1))?, tx.sessions().lock(&hash(2))?],
            factor: tx.second_factors().find(admin_id())?,
            recovery_codes: tx.second_factors().count_recovery_codes(admin_id())?,
            identities: vec![
                tx.identities().find(&identity("ada").external)?,
                tx.identities().find(&identity("eve").external)?,
            ],
        })
    }
}

fn identity(subject: &str) -> Identity {
    let external = ExternalId::new("https://id.example.com", subject).expect("it fits");
    Identity { external, user_id: admin_id(), linked_at: at(5) }
}

fn prepare(scene: &Scene) {
    scene.seed();
    scene.write(|tx| {
        tx.sessions().insert(&token(1, 1))?;
        tx.second_factors().save(&SecondFactor::enrol(admin_id(), TotpSecret::new([1; 20]), at(1)))?;
        tx.second_factors().replace_recovery_codes(admin_id(), &[RecoveryCodeHash([1; 32])])?;
        tx.identities().insert(&identity("ada"))
    });
}

/// Adds and changes something of every kind, on top of [`prepare`].
fn change_everything(tx: &mut dyn AuthRepositories) -> Result<(), Error> {
    tx.accounts().replace_password(agent_id(1), &password_hash("$hash$1"), &password_hash("$hash$2"))?;
    tx.sessions().insert(&token(2, 2))?;
    tx.sessions().save_state(&hash(2), TokenState::Used)?;
    tx.sessions().revoke(session(1))?;
    let factor = tx.second_factors().lock(admin_id())?.ok_or(Error::NoSecondFactor)?;
    tx.second_factors().save(&factor.confirm(9, at(9)))?;
    tx.second_factors().spend_recovery_code(admin_id(), &RecoveryCodeHash([1; 32]))?;
    tx.identities().delete_all(admin_id())?;
    tx.identities().insert(&identity("eve"))?;
    Ok(())
}

pub(super) fn a_success_is_kept_whole(scene: &Scene) {
    prepare(scene);
    let before = Snapshot::take(scene);
    let within = scene.write(|tx| {
        change_everything(tx)?;
        Ok::<_, Error>(Snapshot::see(tx)?)
    });
    let after = Snapshot::take(scene);
    assert_eq!(after, within, "what the transaction saw is there for others");
    assert_ne!(after, before);
}

pub(super) fn an_error_undoes_everything_and_is_returned(scene: &Scene) {
    prepare(scene);
    let before = Snapshot::take(scene);
    let undone = scene.try_write(|tx| {
        change_everything(tx)?;
        Err::<(), _>(Error::SecondFactorActive)
    });
    assert!(matches!(undone, Err(Error::SecondFactorActive)), "{undone:?}");
    assert_eq!(Snapshot::take(scene), before);
}

pub(super) fn every_error_comes_back_as_it_was(scene: &Scene) {
    let returned = |error: fn() -> Error| {
        let returned = scene.try_write(move |_| Err::<(), _>(error())).expect_err("the job fails");
        assert_eq!(format!("{returned:?}"), format!("{:?}", error()));
    };
    returned(|| Error::InvalidCode);
    returned(|| Error::UnknownIdentity);
    returned(|| Error::InvalidSession("over"));
    returned(|| Error::Forbidden("no"));
    returned(|| Error::NotFound(Entity::Identity));
    returned(|| ProviderError::InvalidToken("forged").into());
    returned(|| Error::Store(StoreError::Conflict { entity: Entity::Session, field: "hash" }));
    returned(|| Error::Store(StoreError::Corrupt { table: "t", column: "c", row: "r".to_owned() }));
    returned(|| Error::Internal("no random numbers".to_owned()));
}

pub(super) fn a_panic_undoes_everything_and_the_store_goes_on(scene: &Scene) {
    prepare(scene);
    let before = Snapshot::take(scene);
    let outcome = scene.run(Box::new(|tx| {
        change_everything(tx)?;
        panic!("a job that panics on purpose")
    }));
    assert!(matches!(outcome, Err(Error::Store(_))), "{outcome:?}");
    assert_eq!(Snapshot::take(scene), before);
    let reading = scene.run_reading(Box::new(|_| panic!("a reading job that panics on purpose")));
    assert!(matches!(reading, Err(Error::Store(_))), "{reading:?}");
    scene.write(change_everything);
    assert_ne!(Snapshot::take(scene), before, "the store goes on");
}

pub(super) fn a_job_sees_its_own_changes(scene: &Scene) {
    scene.seed();
    scene.write(|tx| {
        tx.sessions().insert(&token(1, 1))?;
        assert_eq!(tx.sessions().lock(&hash(1))?, Some(token(1, 1)));
        tx.sessions().revoke_all(admin_id(), None)?;
        assert_eq!(tx.sessions().lock(&hash(1))?.map(|token| token.state), Some(TokenState::Revoked));
        tx.identities().insert(&identity("ada"))?;
        assert_eq!(tx.identities().find(&identity("ada").external)?, Some(identity("ada")));
        let (old, new) = (password_hash("$hash$1"), password_hash("$hash$2"));
        assert!(tx.accounts().replace_password(agent_id(1), &old, &new)?);
        assert_eq!(tx.accounts().find(agent_id(1))?.and_then(|user| user.password), Some(new));
        Ok::<_, StoreError>(())
    });
}

pub(super) fn reading_changes_nothing(scene: &Scene) {
    prepare(scene);
    let before = Snapshot::take(scene);
    // A store may refuse the changes, or undo them.
    let _ = scene.run_reading(Box::new(change_everything));
    assert_eq!(Snapshot::take(scene), before);
    let refused = scene.run_reading(Box::new(|_| Err(Error::NoSecondFactor)));
    assert!(matches!(refused, Err(Error::NoSecondFactor)), "{refused:?}");
}

pub(super) fn reads_see_every_earlier_write(scene: &Scene) {
    scene.seed();
    scene.in_threads(4, |scene, thread| {
        for n in 0..10 {
            let subject = format!("{thread}-{n}");
            let external = ExternalId::new(&subject, &subject).expect("it fits");
            let written = Identity { external: external.clone(), ..identity("x") };
            scene.write(move |tx| tx.identities().insert(&written));
            assert!(scene.read(move |tx| tx.identities().find(&external)).is_some(), "{subject}");
        }
    });
}
