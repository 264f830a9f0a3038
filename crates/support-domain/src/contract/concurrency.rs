//! What locks keep apart when many work at once.

use crate::contract::sample::{self, agent_id, at, department_name, ticket, ticket_id};
use crate::contract::scene::Scene;
use crate::entity::Agent;
use crate::error::Error;
use crate::port::{MessageWindow, Repositories};
use crate::rules::assignment;
use crate::value::AgentStatus;

const THREADS: u64 = 8;

pub(super) fn a_locked_ticket_loses_no_update(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |_| ())]);
    scene.in_threads(THREADS, |scene, thread| {
        for n in 0..15 {
            scene.write(move |tx| {
                let ticket = tx.tickets().lock(ticket_id(1))?.expect("the ticket exists");
                let ticket = ticket.count_message(false, at(1))?;
                let sequence = u32::try_from(ticket.message_count).expect("a small number");
                let text = sample::message_text(&format!("{thread}/{n}"));
                tx.tickets().save(&ticket)?;
                tx.messages().append(&crate::entity::Message { text, ..sample::message(1, sequence) })?;
                Ok::<_, Error>(())
            });
        }
    });
    let ticket = scene.ticket(ticket_id(1));
    assert_eq!((ticket.message_count, ticket.version), (120, 121));
    let said = scene.messages(ticket_id(1), MessageWindow::After(0), 200);
    assert_eq!(said.iter().map(|m| m.sequence).collect::<Vec<_>>(), (1..=120).collect::<Vec<_>>());
    let texts: std::collections::HashSet<&str> = said.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(texts.len(), 120, "each message once");
}

pub(super) fn a_locked_agent_loses_no_update(scene: &Scene) {
    scene.seed();
    widen(scene, &[1]);
    scene.in_threads(THREADS, |scene, _| {
        for _ in 0..15 {
            scene.write(|tx| {
                for agent in tx.agents().lock(&[agent_id(1)])? {
                    tx.agents().save(&agent.ticket_reopened())?;
                }
                Ok::<_, Error>(())
            });
        }
    });
    assert_eq!(scene.agent(agent_id(1)).active_tickets, 120);
}

pub(super) fn agents_named_in_any_order_are_locked_without_deadlock(scene: &Scene) {
    scene.seed();
    widen(scene, &[1, 2, 3]);
    scene.in_threads(THREADS, |scene, thread| {
        let orders = [[1, 2, 3], [3, 2, 1], [2, 3, 1], [3, 1, 2]];
        let order = orders[usize::try_from(thread).expect("a small number") % orders.len()].map(agent_id);
        for _ in 0..8 {
            scene.write(move |tx| {
                let agents = tx.agents().lock(&order)?;
                save_all(tx, agents.into_iter().map(Agent::ticket_reopened))
            });
        }
    });
    assert_eq!([1, 2, 3].map(|n| scene.agent(agent_id(n)).active_tickets), [64; 3]);
}

pub(super) fn tickets_and_agents_are_locked_together_without_deadlock(scene: &Scene) {
    scene.seed();
    widen(scene, &[1, 2, 3]);
    scene.insert(&[ticket(1, |_| ()), ticket(2, |_| ())]);
    scene.in_threads(THREADS, |scene, thread| {
        for n in 0..8 {
            scene.write(move |tx| {
                let id = ticket_id(1 + (thread + n) % 2);
                let ticket = tx.tickets().lock(id)?.expect("the ticket exists");
                tx.tickets().save(&ticket.count_message(false, at(1))?)?;
                let agents = tx.agents().lock(&[agent_id(1 + n % 3), agent_id(1 + thread % 3)])?;
                save_all(tx, agents.into_iter().map(Agent::ticket_reopened))
            });
        }
    });
    let messages = [1, 2].map(|n| scene.ticket(ticket_id(n)).message_count);
    assert_eq!(messages.iter().sum::<i64>(), 64);
    let pairs = (0..THREADS).flat_map(|thread| (0..8).map(move |n| (thread % 3, n % 3)));
    let taken: usize = pairs.map(|(a, b)| if a == b { 1 } else { 2 }).sum();
    let active: u32 = [1, 2, 3].iter().map(|n| scene.agent(agent_id(*n)).active_tickets).sum();
    assert_eq!(usize::try_from(active), Ok(taken));
}

pub(super) fn candidates_are_never_given_too_much(scene: &Scene) {
    scene.seed();
    scene.write(|tx| {
        let agents = tx.agents().lock(&[agent_id(1), agent_id(2), agent_id(3)])?;
        save_all(tx, agents.into_iter().map(|agent| agent.with_capacity(5)))
    });
    let given = scene.in_threads(THREADS, |scene, _| {
        let give = || {
            scene.write(|tx| {
                let agents = tx.agents().lock_candidates(Some(&department_name(sample::SUPPORT)), &[])?;
                let best = agents.into_iter().min_by(assignment::order);
                assert!(best.iter().all(Agent::is_candidate), "only candidates are answered");
                let given = best.is_some();
                save_all(tx, best.into_iter().map(|agent| agent.ticket_assigned(at(1))))?;
                Ok::<_, Error>(given)
            })
        };
        (0..3).filter(|_| give()).count()
    });
    assert_eq!(given.into_iter().sum::<usize>(), 10, "two agents with room for five each, asked for 24");
    for n in [1, 2] {
        let agent = scene.agent(agent_id(n));
        assert_eq!((agent.active_tickets, agent.status), (5, AgentStatus::Busy));
    }
    assert_eq!(scene.agent(agent_id(3)).active_tickets, 0, "of another department");
}

pub(super) fn a_read_sees_one_state(scene: &Scene) {
    scene.seed();
    widen(scene, &[1, 2]);
    scene.write(|tx| {
        let agents = tx.agents().lock(&[agent_id(1)])?;
        save_all(tx, agents.into_iter().map(Agent::ticket_reopened))
    });
    // The one ticket goes back and forth between two agents: whoever looks must find it with exactly one of
    // them.
    scene.in_threads(4, |scene, thread| {
        for n in 0..40 {
            if thread == 0 {
                scene.write(move |tx| {
                    let agents = tx.agents().lock(&[agent_id(1), agent_id(2)])?;
                    let pass = |agent: Agent| {
                        let gives = (agent.id == agent_id(1)) == (n % 2 == 0);
                        if gives { agent.ticket_released() } else { agent.ticket_reopened() }
                    };
                    save_all(tx, agents.into_iter().map(pass))
                });
            } else {
                let seen = scene.read(|tx| {
                    let first = tx.agents().find(agent_id(1))?.map(|agent| agent.active_tickets);
                    let second = tx.agents().find(agent_id(2))?.map(|agent| agent.active_tickets);
                    Ok::<_, Error>((first, second))
                });
                assert!(matches!(seen, (Some(1), Some(0)) | (Some(0), Some(1))), "{seen:?}");
            }
        }
    });
}

pub(super) fn work_on_different_tickets_is_not_lost(scene: &Scene) {
    scene.seed();
    scene.in_threads(THREADS, |scene, thread| {
        scene.insert(&[ticket(thread + 1, |_| ())]);
        for sequence in 1..=10 {
            scene.say(&[sample::message(thread + 1, sequence)]);
        }
    });
    for n in 1..=THREADS {
        assert_eq!(scene.messages(ticket_id(n), MessageWindow::After(0), 50), sample::messages(n, 10));
        assert_eq!(scene.ticket(ticket_id(n)).message_count, 10);
    }
}

/// Gives agents room for a thousand tickets.
fn widen(scene: &Scene, agents: &[u64]) {
    let ids: Vec<_> = agents.iter().map(|n| agent_id(*n)).collect();
    scene.write(move |tx| {
        let agents = tx.agents().lock(&ids)?;
        save_all(tx, agents.into_iter().map(|agent| agent.with_capacity(1_000)))
    });
}

fn save_all(tx: &mut dyn Repositories, agents: impl IntoIterator<Item = Agent>) -> Result<(), Error> {
    for agent in agents {
        tx.agents().save(&agent)?;
    }
    Ok(())
}
