//! Transactions: kept whole, or undone whole.

use crate::contract::query::{filter, query, serials};
use crate::contract::sample::{self, at, ticket, ticket_id};
use crate::contract::scene::Scene;
use crate::contract::snapshot::{self, Snapshot};
use crate::error::{Entity, Error, InputField, RuleViolation, StoreError};
use crate::port::{ClaimOutcome, MessageWindow, StatisticsFilter};
use crate::value::{SenderType, TicketNumber};

pub(super) fn a_success_is_kept_whole(scene: &Scene) {
    snapshot::prepare(scene);
    let before = Snapshot::take(scene);
    let within = scene.write(|tx| {
        snapshot::change_everything(tx)?;
        Ok::<_, Error>(Snapshot::see(tx)?)
    });
    let after = Snapshot::take(scene);
    assert_eq!(after, within, "what the transaction saw is there for others");
    assert_ne!(after, before);
    let again = scene.write(|tx| tx.idempotency().claim(&snapshot::request()));
    assert_eq!(again, ClaimOutcome::Repeated(snapshot::request()));
}

pub(super) fn an_error_undoes_everything_and_is_answered(scene: &Scene) {
    snapshot::prepare(scene);
    let before = Snapshot::take(scene);
    let undone = scene.try_write(|tx| {
        snapshot::change_everything(tx)?;
        Err::<(), _>(Error::Refused(RuleViolation::TierTooLow { target: 1, handler: 2 }))
    });
    let refusal = RuleViolation::TierTooLow { target: 1, handler: 2 };
    assert!(matches!(&undone, Err(Error::Refused(answered)) if *answered == refusal), "{undone:?}");
    assert_eq!(Snapshot::take(scene), before);
    // Undone again: a store may insist that a claim's ticket exists when it is committed.
    let claim = scene.try_write(|tx| match tx.idempotency().claim(&snapshot::request())? {
        ClaimOutcome::First => Err::<(), _>(Error::Refused(RuleViolation::TicketClosed)),
        ClaimOutcome::Repeated(_) => Ok(()),
    });
    assert!(matches!(claim, Err(Error::Refused(RuleViolation::TicketClosed))), "the claim was undone too");
}

pub(super) fn every_error_comes_back_as_it_was(scene: &Scene) {
    let answered = |error: fn() -> Error| {
        let answer = scene.try_write(move |_| Err::<(), _>(error())).expect_err("the job fails");
        assert_eq!(format!("{answer:?}"), format!("{:?}", error()));
    };
    answered(|| Error::NotFound(Entity::Session));
    answered(|| Error::Forbidden("no"));
    answered(|| Error::invalid(InputField::Customer, "is required"));
    answered(|| Error::VersionMismatch { current: 7 });
    answered(|| Error::Refused(RuleViolation::TicketClosed));
    answered(|| Error::Store(StoreError::Conflict { entity: Entity::User, field: "email" }));
    answered(|| Error::Store(StoreError::Corrupt { table: "t", column: "c", row: "r".to_owned() }));
}

pub(super) fn a_panic_undoes_everything_and_the_store_goes_on(scene: &Scene) {
    snapshot::prepare(scene);
    let before = Snapshot::take(scene);
    let answer = scene.run(Box::new(|tx| {
        snapshot::change_everything(tx)?;
        panic!("a job that panics on purpose")
    }));
    assert!(matches!(answer, Err(Error::Store(_))), "{answer:?}");
    assert_eq!(Snapshot::take(scene), before);
    let reading = scene.run_reading(Box::new(|_| panic!("a reading job that panics on purpose")));
    assert!(matches!(reading, Err(Error::Store(_))), "{reading:?}");
    scene.write(snapshot::change_everything);
    assert_ne!(Snapshot::take(scene), before, "the store goes on");
}

pub(super) fn a_failure_leaves_earlier_transactions_alone(scene: &Scene) {
    scene.seed();
    for n in 1..=6 {
        let outcome = scene.try_write(move |tx| {
            tx.tickets().insert(&ticket(n, |_| ()))?;
            if n % 2 == 0 { Err(Error::NotFound(Entity::Ticket)) } else { Ok(()) }
        });
        assert_eq!(outcome.is_ok(), n % 2 == 1);
    }
    assert_eq!(serials(&scene.list(&query(filter(|_| ())))), [1, 3, 5]);
}

pub(super) fn concurrent_failures_leave_others_alone(scene: &Scene) {
    scene.seed();
    scene.in_threads(8, |scene, thread| {
        for n in 1..=6 {
            let serial = thread * 6 + n;
            let outcome = scene.run(Box::new(move |tx| {
                tx.tickets().insert(&ticket(serial, |_| ()))?;
                match serial % 3 {
                    0 => Ok(()),
                    1 => Err(Error::NotFound(Entity::Ticket)),
                    _ => panic!("a job that panics on purpose"),
                }
            }));
            assert_eq!(outcome.is_ok(), serial % 3 == 0);
        }
    });
    let expected: Vec<i64> = (1..=48).filter(|serial| serial % 3 == 0).collect();
    assert_eq!(serials(&scene.list(&query(filter(|_| ())))), expected);
}

pub(super) fn a_job_sees_its_own_changes(scene: &Scene) {
    scene.seed();
    scene.write(|tx| {
        let new = ticket(1, |t| t.waiting = true);
        tx.tickets().insert(&new)?;
        assert_eq!(tx.tickets().find(new.id)?.as_ref(), Some(&new));
        assert_eq!(tx.tickets().lock(new.id)?.as_ref(), Some(&new));
        assert_eq!(tx.tickets().find_by_number(TicketNumber::new(2026, 1))?.as_ref(), Some(&new));
        let by_word = query(filter(|f| f.words = vec!["app".to_owned()]));
        assert_eq!(tx.tickets().list(&by_word)?.items, std::slice::from_ref(&new));
        let saved = new.count_message(false, at(5))?;
        tx.tickets().save(&saved)?;
        tx.messages().append(&sample::message(1, 1))?;
        assert_eq!(tx.tickets().find(saved.id)?.as_ref(), Some(&saved));
        assert_eq!(tx.messages().list(saved.id, MessageWindow::Newest, 9)?, [sample::message(1, 1)]);
        assert_eq!(tx.messages().mark_read(saved.id, &[SenderType::Customer], 1)?, 1);
        assert!(
            tx.messages().list(saved.id, MessageWindow::Newest, 9)?.iter().all(|message| message.is_read)
        );
        assert_eq!(tx.statistics().statistics(&StatisticsFilter::default())?.total, 1);
        let agents = tx.agents().lock(&[sample::agent_id(1)])?;
        for agent in agents {
            let taken = agent.ticket_assigned(at(6));
            tx.agents().save(&taken)?;
            assert_eq!(tx.agents().find(taken.id)?, Some(taken));
        }
        Ok::<_, Error>(())
    });
}

pub(super) fn reading_changes_nothing(scene: &Scene) {
    snapshot::prepare(scene);
    let before = Snapshot::take(scene);
    // A store may refuse the changes, or undo them.
    let _ = scene.run_reading(Box::new(snapshot::change_everything));
    assert_eq!(Snapshot::take(scene), before);
    let refused = scene.run_reading(Box::new(|_| Err(Error::NotFound(Entity::Agent))));
    assert!(matches!(refused, Err(Error::NotFound(Entity::Agent))), "{refused:?}");
}

pub(super) fn reads_see_every_earlier_write(scene: &Scene) {
    scene.seed();
    scene.in_threads(4, |scene, thread| {
        for n in 1..=10 {
            let serial = thread * 10 + n;
            scene.insert(&[ticket(serial, |_| ())]);
            assert!(scene.read(move |tx| tx.tickets().find(ticket_id(serial))).is_some(), "ticket {serial}");
        }
    });
    assert_eq!(scene.list(&query(filter(|_| ()))).items.len(), 40);
}
