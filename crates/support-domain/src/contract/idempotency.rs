//! Requests that may be repeated.

use std::sync::mpsc;

use crate::contract::sample::{at, customer_id, ticket, ticket_id};
use crate::contract::scene::Scene;
use crate::error::{Entity, Error, StoreError};
use crate::id::UserId;
use crate::port::{ClaimOutcome, IdempotencyRecord};
use crate::time::Timestamp;
use crate::value::{Fingerprint, IdempotencyKey};

pub(super) fn the_first_claim_is_told_from_repetitions(scene: &Scene) {
    scene.seed();
    let first = record(customer_id(1), "key", 1);
    assert_eq!(claim(scene, &first), ClaimOutcome::First);
    assert_eq!(claim(scene, &first), ClaimOutcome::Repeated(first.clone()));
    let other_body =
        IdempotencyRecord { fingerprint: Fingerprint([9; 32]), ..record(customer_id(1), "key", 2) };
    assert_eq!(
        claim(scene, &other_body),
        ClaimOutcome::Repeated(first),
        "the record that was there, whatever is asked now"
    );
}

pub(super) fn a_key_belongs_to_its_actor(scene: &Scene) {
    scene.seed();
    let long = "漢".repeat(IdempotencyKey::MAX);
    let records = [
        record(customer_id(1), "key", 1),
        record(customer_id(2), "key", 2),
        record(customer_id(1), "KEY", 3),
        record(customer_id(1), &long, 4),
    ];
    for record in &records {
        assert_eq!(claim(scene, record), ClaimOutcome::First);
    }
    for record in records {
        assert_eq!(claim(scene, &record), ClaimOutcome::Repeated(record));
    }
}

pub(super) fn a_claim_that_is_undone_leaves_the_key_free(scene: &Scene) {
    scene.seed();
    let first = record(customer_id(1), "key", 1);
    let claimed = first.clone();
    let undone = scene.try_write(move |tx| {
        tx.idempotency().claim(&claimed)?;
        Err::<(), _>(Error::NotFound(Entity::Ticket))
    });
    assert!(matches!(undone, Err(Error::NotFound(Entity::Ticket))), "{undone:?}");
    assert_eq!(claim(scene, &first), ClaimOutcome::First);
}

pub(super) fn old_claims_are_pruned(scene: &Scene) {
    scene.seed();
    let made = |n: u64, micros: i64| IdempotencyRecord {
        created_at: Timestamp::from_micros(at(100).as_micros() + micros),
        ..record(customer_id(1), &format!("key {n}"), n)
    };
    let records = [made(1, -1), made(2, 0), made(3, 1)];
    for record in &records {
        claim(scene, record);
    }
    scene.write(|tx| tx.idempotency().prune(at(100)));
    let again = |record: &IdempotencyRecord| {
        let record = record.clone();
        scene.write(move |tx| tx.idempotency().claim(&record))
    };
    assert_eq!(again(&records[1]), ClaimOutcome::Repeated(records[1].clone()));
    assert_eq!(again(&records[2]), ClaimOutcome::Repeated(records[2].clone()));
    assert_eq!(again(&records[0]), ClaimOutcome::First);
}

pub(super) fn concurrent_claims_have_one_winner(scene: &Scene) {
    scene.seed();
    for round in 0..5 {
        let key = format!("key {round}");
        let answers = scene.in_threads(8, |scene, thread| {
            let record = record(customer_id(1), &key, 100 * (round + 1) + thread);
            (claim(scene, &record), record)
        });
        let (won, lost): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(claim, _)| *claim == ClaimOutcome::First);
        assert_eq!(won.len(), 1, "exactly one is the first");
        for (claim, _) in lost {
            assert_eq!(
                claim,
                ClaimOutcome::Repeated(won[0].1.clone()),
                "the others see what the first one said"
            );
        }
    }
}

pub(super) fn a_claim_waits_for_one_that_may_be_undone(scene: &Scene) {
    scene.seed();
    let (held, waited) = (record(customer_id(1), "key", 1), record(customer_id(1), "key", 2));
    let (holding, is_held) = mpsc::channel();
    let answer = std::thread::scope(|threads| {
        let second = threads.spawn(move || {
            is_held.recv().expect("the first one claims");
            claim(scene, &waited)
        });
        let undone = scene.try_write(move |tx| {
            tx.idempotency().claim(&held)?;
            // A repeated run of this job finds nobody listening any more, which is fine.
            let _ = holding.send(());
            Err::<(), _>(Error::NotFound(Entity::Ticket))
        });
        assert!(undone.is_err());
        second.join().expect("the second one ends well")
    });
    assert_eq!(answer, ClaimOutcome::First, "the one before it came to nothing");
}

/// The claim of a request that makes ticket `n`.
fn record(actor: UserId, key: &str, n: u64) -> IdempotencyRecord {
    IdempotencyRecord {
        actor,
        key: IdempotencyKey::parse(key).expect("a key"),
        fingerprint: Fingerprint([0xf0; 32]),
        ticket_id: ticket_id(n),
        created_at: at(3),
    }
}

/// Claims in a transaction of its own and, as the first, makes the ticket.
fn claim(scene: &Scene, record: &IdempotencyRecord) -> ClaimOutcome {
    let record = record.clone();
    scene.write(move |tx| {
        let claim = tx.idempotency().claim(&record)?;
        if claim == ClaimOutcome::First {
            let n = record.ticket_id.uuid().as_u64_pair().1 & 0xffff_ffff;
            tx.tickets().insert(&ticket(n, |_| ()))?;
        }
        Ok::<_, StoreError>(claim)
    })
}
