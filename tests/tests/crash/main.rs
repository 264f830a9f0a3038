//! The server, or the database under it, dies in the middle of many writes, ten times. What was acknowledged
//! is there afterwards, whole; what was not is there once or not at all, and can be asked for again.
#![cfg(test)]

mod survey;
mod writer;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use support_tests::load::pages;
use support_tests::load::stage::{self, Department};
use support_tests::load::wait_until;
use support_tests::load::wire::Ticket;
use support_tests::testkit::Server;
use support_tests::testkit::postgres::{Cluster, Database, Durability};
use support_tests::{Backend, Desk};

use self::writer::Writer;

const CRASHES: usize = 10;
const WRITERS: u64 = 8;
/// Tickets in which all writers talk.
const SHARED: usize = 3;
const DEPARTMENT: Department =
    Department { name: "Technical", tier: 1, categories: &["technical"], agents: &[1, 1, 1, 1, 2, 3] };

/// Who dies.
enum Victim<'a> {
    Server,
    Database(&'a Cluster),
}

#[test]
fn sqlite() {
    let mut desk = Desk::start(Backend::Sqlite).unwrap();
    what_was_acknowledged_survives(&mut desk, |_| Victim::Server);
}

#[test]
fn postgres() {
    let cluster = Cluster::private(Durability::Full).unwrap();
    let database = Database::empty(&cluster).unwrap();
    let server = Server::builder().database(database.url()).start().unwrap();
    let mut desk = Desk { server, postgres: Some(database) };
    what_was_acknowledged_survives(&mut desk, |crash| {
        if crash % 2 == 0 { Victim::Server } else { Victim::Database(&cluster) }
    });
}

fn what_was_acknowledged_survives<'a>(desk: &mut Desk, victim: impl Fn(usize) -> Victim<'a>) {
    let agents = stage::set_up(&desk.admin().http, &[DEPARTMENT], 10).unwrap();
    let shared: Vec<String> = (0..SHARED).map(|number| shared_ticket(desk, number)).collect();
    let mut writers: Vec<Writer> = (0..WRITERS).map(|number| Writer::new(number, &shared, &agents)).collect();
    let mut dice = StdRng::seed_from_u64(99);
    for crash in 0..CRASHES {
        let enough = dice.random_range(40..250);
        interrupt(desk, &mut writers, &victim(crash), enough);
        none(crash, &survey::faults(desk, &mut writers));
        for writer in &mut writers {
            writer.repeat(&desk.admin().http);
        }
    }
    assert!(desk.server.stop().unwrap().success());
    desk.server.start().unwrap();
    wait_until("nobody waits while there is room", || {
        survey::forgotten(desk, &writers, DEPARTMENT.name).is_empty()
    })
    .unwrap();
    none(CRASHES, &survey::final_faults(desk, &writers, &shared));
}

fn shared_ticket(desk: &Desk, number: usize) -> String {
    let body = json!({
        "subject": format!("Shared {number}"), "description": "Everybody talks here.", "category": "general",
        "customer": { "name": "A. Customer", "email": "customer@example.com" },
    });
    let response = desk.admin().http.post("/support/tickets", &body).unwrap();
    pages::read::<Ticket>(&response, 201).unwrap().id
}

/// Lets everybody write, has the victim die once so many writes were acknowledged, and waits until the desk
/// is back.
fn interrupt(desk: &mut Desk, writers: &mut [Writer], victim: &Victim<'_>, enough: usize) {
    let acknowledged = AtomicUsize::new(0);
    let clients: Vec<_> = writers.iter().map(|_| desk.admin().http).collect();
    thread::scope(|scope| {
        for (writer, http) in writers.iter_mut().zip(clients) {
            let acknowledged = &acknowledged;
            let database_dies = matches!(victim, Victim::Database(_));
            scope.spawn(move || writer.write(&http, acknowledged, database_dies));
        }
        let written = wait_until("enough was written", || acknowledged.load(Ordering::SeqCst) >= enough);
        // Whatever went wrong, the writers end with the victim.
        match victim {
            Victim::Server => desk.server.kill().unwrap(),
            Victim::Database(cluster) => cluster.crash().unwrap(),
        }
        written.unwrap();
    });
    match victim {
        Victim::Server => desk.server.start().unwrap(),
        Victim::Database(cluster) => {
            let http = desk.http();
            assert_eq!(http.get("/healthz").unwrap().status, 200, "the server lives");
            assert_eq!(http.get("/readyz").unwrap().status, 503, "it cannot do its work");
            cluster.start().unwrap();
            let ready = || http.get("/readyz").is_ok_and(|response| response.status == 200);
            wait_until("the server has found the database again", ready).unwrap();
        }
    }
}

fn none(crash: usize, faults: &[String]) {
    let first: Vec<&String> = faults.iter().take(10).collect();
    assert!(faults.is_empty(), "after {crash} crashes {} faults, the first: {first:#?}", faults.len());
}
