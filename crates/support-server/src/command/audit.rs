//! `audit`: checks histories for tampering, and writes checkpoints against which it shows when one was cut.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use support_domain::actor::Actor;
use support_domain::desk::Desk;
use support_domain::entity::{ChainHead, ChainReport};
use support_domain::id::TicketId;
use support_domain::time::Clock;
use support_domain::value::TicketNumber;

use crate::checkpoint::{Checkpoint, CheckpointKey, PublicKey};
use crate::cli::{AuditCheckpointArgs, AuditVerifyArgs};
use crate::command::{block_on, desk};
use crate::config::Config;
use crate::failure::Failure;
use crate::store;
use support_domain::system::SystemClock;

/// How many tickets are checked in one transaction.
const PAGE: u32 = 100;

/// Something was found.
const BROKEN: u8 = 1;

/// Checks every ticket's history and prints what is wrong, a line a ticket, and a closing line.
pub(crate) fn verify(config: &Config, args: &AuditVerifyArgs) -> Result<ExitCode, Failure> {
    let checkpoint = args.checkpoint.as_deref().map(|path| read(config, path, args.public_key.as_deref()));
    let checkpoint = checkpoint.transpose()?;
    let mut unseen = checkpoint.as_ref().map(|known| known.heads.clone()).unwrap_or_default();
    let known = unseen.iter().map(|(id, (_, head))| (*id, *head)).collect();
    let desk = desk(store::open_sealed(config)?);
    let mut tally = Tally::default();
    block_on(walk(&desk, known, |report| {
        let noted = unseen.remove(&report.ticket_id).map(|(number, _)| number);
        tally.add(report, noted);
    }))??;
    for (id, (number, _)) in &unseen {
        tally.broken(Some(*number), *id, &"it is gone, with its whole history");
    }
    println!("{}", tally.closing(checkpoint.as_ref()));
    Ok(if tally.broken == 0 { ExitCode::SUCCESS } else { ExitCode::from(BROKEN) })
}

/// Writes a checkpoint, unless a history is broken: what is wrong must not be signed. Prints the public key
/// if asked to.
pub(crate) fn checkpoint(config: &Config, args: &AuditCheckpointArgs) -> Result<ExitCode, Failure> {
    let key = CheckpointKey::derive(&*config.master_key()?);
    if args.public_key {
        println!("{}", key.public());
    }
    let Some(path) = &args.out else { return Ok(ExitCode::SUCCESS) };
    let mut checkpoint = Checkpoint { created_at: SystemClock.now(), heads: BTreeMap::new() };
    let desk = desk(store::open_sealed(config)?);
    let mut tally = Tally::default();
    block_on(walk(&desk, BTreeMap::new(), |report| {
        tally.add(report, None);
        if let Some(number) = report.number {
            checkpoint.heads.insert(report.ticket_id, (number, report.last));
        }
    }))??;
    if tally.broken > 0 {
        println!("{}; no checkpoint was written", tally.closing(None));
        return Ok(ExitCode::from(BROKEN));
    }
    checkpoint.write(&key, path)?;
    println!("{}; written to {}", tally.closing(None), path.display());
    Ok(ExitCode::SUCCESS)
}

/// Reads a checkpoint that must be signed by the key given, else by this service's own.
fn read(config: &Config, path: &Path, key: Option<&str>) -> Result<Checkpoint, Failure> {
    let key = match key {
        Some(text) => PublicKey::parse(text).ok_or_else(|| {
            Failure::new("--public-key must be a key as `audit checkpoint --public-key` prints it")
        })?,
        None => CheckpointKey::derive(&*config.master_key()?).public(),
    };
    Checkpoint::read(path, &key)
}

/// Checks every ticket there is, by id, and shows each report.
async fn walk(
    desk: &Desk,
    known: BTreeMap<TicketId, ChainHead>,
    mut show: impl FnMut(&ChainReport),
) -> Result<(), Failure> {
    let (actor, known) = (Actor::system(), Arc::new(known));
    let mut after = None;
    loop {
        let reports = desk.verify_histories(&actor, after, PAGE, &known).await;
        let reports = reports.map_err(|error| Failure::new(error.to_string()))?;
        let Some(last) = reports.last() else { return Ok(()) };
        after = Some(last.ticket_id);
        reports.iter().for_each(&mut show);
    }
}

/// What was found so far.
#[derive(Default)]
struct Tally {
    tickets: u64,
    entries: u64,
    broken: u64,
}

impl Tally {
    /// Counts a report, and prints what is wrong. `noted` is the number under which a checkpoint knows the
    /// ticket.
    fn add(&mut self, report: &ChainReport, noted: Option<TicketNumber>) {
        self.tickets += 1;
        self.entries += report.entries;
        if let Some(broken) = report.broken {
            let (sequence, problem) = (broken.sequence, broken.problem);
            let what = format!("entry {sequence} is wrong: {problem} ({})", problem.as_str());
            self.broken(report.number.or(noted), report.ticket_id, &what);
        }
    }

    fn broken(&mut self, number: Option<TicketNumber>, id: TicketId, what: &dyn Display) {
        self.broken += 1;
        let number =
            number.map_or_else(|| "a ticket without a number".to_owned(), |number| number.to_string());
        println!("{number} ({id}): {what}");
    }

    fn closing(&self, checkpoint: Option<&Checkpoint>) -> String {
        let Self { tickets, entries, broken } = self;
        let checked = format!("{tickets} tickets with {entries} entries that hold");
        let against = checkpoint.map_or_else(String::new, |checkpoint| {
            format!(", against {} known on {}", checkpoint.heads.len(), checkpoint.created_at)
        });
        match broken {
            0 => format!("{checked}{against}: no history is broken"),
            1 => format!("{checked}{against}: 1 history is broken"),
            _ => format!("{checked}{against}: {broken} histories are broken"),
        }
    }
}
