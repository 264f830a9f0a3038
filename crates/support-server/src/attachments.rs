//! Attachments: where their bytes are, and the collection of those that belong to nothing.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::TimeDelta;
use support_attachments::{AttachmentStore, Error as FileError, Folder, Settings};
use support_domain::desk::Desk;
use support_domain::error::Error;
use support_domain::id::AttachmentId;
use support_domain::time::Clock;
use support_http::State;

use crate::config::Config;
use crate::failure::Failure;

/// How many files may arrive at once. Each takes at most some 200 KiB of memory and 10 MiB of the disk.
const UPLOADS: usize = 16;
/// How often is collected; the first time soon after the start.
const INTERVAL: Duration = Duration::from_hours(1);
const FIRST: Duration = Duration::from_mins(1);
/// Bytes that belong to nothing are deleted at this age: an upload that is younger may be about to be written
/// down.
const AGE: TimeDelta = TimeDelta::hours(24);
/// How many files are looked at together.
const BATCH: u32 = 500;

/// Opens the configured storage.
pub(crate) fn open(config: &Config) -> Result<AttachmentStore, Failure> {
    let settings = Settings {
        place: config.attachments.clone(),
        spool: config.data_dir.join("incoming"),
        clamd: config.clamd.clone(),
        uploads: UPLOADS,
    };
    AttachmentStore::open(settings).map_err(|error| Failure::new(format!("attachments: {error}")))
}

/// Deletes files that were never sent, those whose quarantine is over, and bytes that belong to no file.
pub(crate) struct OrphanCollector {
    desk: Arc<Desk>,
    attachment_store: Arc<AttachmentStore>,
    clock: Arc<dyn Clock>,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Collected {
    /// Files that were written down.
    pub(crate) files: usize,
    /// Bytes that belonged to nothing.
    pub(crate) strays: usize,
    /// Writes that never ended.
    pub(crate) leftovers: usize,
}

/// Why a collection ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CollectError {
    #[error(transparent)]
    Desk(#[from] Error),
    #[error(transparent)]
    File(#[from] FileError),
}

impl OrphanCollector {
    pub(crate) fn new(state: &State) -> Self {
        Self {
            desk: Arc::clone(&state.desk),
            attachment_store: Arc::clone(&state.attachment_store),
            clock: Arc::clone(&state.clock),
        }
    }

    /// Collects again and again. What fails is tried again the next time.
    pub(crate) async fn run(self) {
        tokio::time::sleep(FIRST).await;
        loop {
            match self.collect().await {
                Ok(collected) if collected == Collected::default() => {}
                Ok(Collected { files, strays, leftovers }) => {
                    tracing::info!(files, strays, leftovers, "deleted attachments that belong to nothing");
                }
                Err(error) => tracing::error!(%error, "failed to collect attachments"),
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Collects once.
    pub(crate) async fn collect(&self) -> Result<Collected, CollectError> {
        let files = self.prune().await?;
        let moment = self.clock.now().plus(-AGE).as_micros();
        let moment = UNIX_EPOCH + Duration::from_micros(u64::try_from(moment).unwrap_or_default());
        let mut strays = 0;
        for folder in Folder::ALL {
            strays += self.strays(*folder, moment).await?;
        }
        Ok(Collected { files, strays, leftovers: self.attachment_store.remove_leftovers(moment).await? })
    }

    /// Forgets files, then deletes their bytes. Those that are left by a crash in between belong to nothing
    /// then.
    async fn prune(&self) -> Result<usize, CollectError> {
        let mut count = 0;
        loop {
            let pruned = self.desk.prune_attachments(BATCH).await?;
            for (folder, ids) in
                [(Folder::Objects, &pruned.unsent), (Folder::Quarantine, &pruned.quarantined)]
            {
                for id in ids {
                    self.attachment_store.remove(folder, id.uuid()).await?;
                }
            }
            match pruned.unsent.len() + pruned.quarantined.len() {
                0 => return Ok(count),
                some => count += some,
            }
        }
    }

    async fn strays(&self, folder: Folder, moment: SystemTime) -> Result<usize, CollectError> {
        let mut listing = self.attachment_store.list(folder, moment);
        let mut count = 0;
        loop {
            let ids = listing.next(BATCH as usize).await?;
            if ids.is_empty() {
                return Ok(count);
            }
            let asked = ids.iter().map(|id| AttachmentId::new(*id)).collect();
            let known = self.desk.known_attachments(asked).await?;
            for id in ids {
                if known.binary_search(&AttachmentId::new(id)).is_err() {
                    self.attachment_store.remove(folder, id).await?;
                    count += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use support_attachments::StorageLocation;
    use support_domain::actor::Actor;
    use support_domain::command::{AddAttachment, CreateTicket, SendMessage};
    use support_domain::desk::DeskDeps;
    use support_domain::id::{IdSource, TicketId, UserId};
    use support_domain::memory::{ManualClock, MemoryStore, RecordingPublisher};
    use support_domain::usecase::Policy;
    use support_domain::value::{Category, Description, FileKey, MessageText, Priority, Role, Subject, Tags};
    use support_testkit::files;

    use super::*;
    use crate::system::{SystemClock, SystemIds};

    struct World {
        directory: tempfile::TempDir,
        clock: Arc<ManualClock>,
        collector: OrphanCollector,
        ticket: TicketId,
        customer: Actor,
    }

    impl World {
        async fn new() -> Self {
            let directory = tempfile::tempdir().expect("a directory");
            // The storage knows the machine's time alone, so the desk begins there.
            let clock = Arc::new(ManualClock::new(SystemClock.now()));
            let desk = Desk::new(DeskDeps {
                store: Arc::new(MemoryStore::new()),
                publisher: Arc::new(RecordingPublisher::new()),
                clock: Arc::clone(&clock) as _,
                ids: Arc::new(SystemIds),
                policy: Policy::default(),
            });
            let settings = Settings {
                place: StorageLocation::Directory(directory.path().join("attachments")),
                spool: directory.path().join("incoming"),
                clamd: None,
                uploads: 1,
            };
            let attachment_store = Arc::new(AttachmentStore::open(settings).expect("opened"));
            let customer = Actor::new(UserId::new(SystemIds.next_id()), Role::Customer);
            let customer = Actor { name: support_domain::value::PersonName::parse("Ana").ok(), ..customer };
            let command = CreateTicket {
                subject: Subject::parse("s").expect("valid"),
                description: Description::parse("d").expect("valid"),
                category: Category::General,
                priority: Priority::Low,
                department: None,
                tags: Tags::default(),
                customer: None,
                auto_assign: false,
                idempotency: None,
            };
            let ticket = desk.create_ticket(&customer, command).await.expect("created").ticket.id;
            let collector =
                OrphanCollector { desk: Arc::new(desk), attachment_store, clock: Arc::clone(&clock) as _ };
            Self { directory, clock, collector, ticket, customer }
        }

        /// Stores bytes, and writes them down unless they are to be strays.
        async fn upload(&self, is_known: bool) -> AttachmentId {
            let id = AttachmentId::new(SystemIds.next_id());
            let mut incoming = self.collector.attachment_store.receive().await.expect("room");
            incoming.write(&files::png(b"")).await.expect("written");
            let accepted =
                self.collector.attachment_store.accept(incoming, id.uuid(), "a").await.expect("accepted");
            let command = AddAttachment {
                ticket: self.ticket.into(),
                id,
                name: accepted.name,
                media_type: accepted.kind.media_type().to_owned(),
                size: 1,
                sha256: accepted.sha256,
                key: FileKey(*accepted.key.bytes()),
                is_quarantined: false,
            };
            if is_known {
                self.collector.desk.add_attachment(&self.customer, command).await.expect("added");
            }
            id
        }

        async fn send(&self, id: AttachmentId) {
            let command = SendMessage {
                ticket: self.ticket.into(),
                text: MessageText::parse("here").expect("valid"),
                client_message_id: None,
                attachments: vec![id],
            };
            self.collector.desk.send_message(&self.customer, command).await.expect("sent");
        }

        fn stored(&self) -> Vec<String> {
            let entries = fs::read_dir(self.directory.path().join("attachments/objects")).expect("listed");
            let mut names: Vec<String> = entries
                .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
                .collect();
            names.sort_unstable();
            names
        }
    }

    #[tokio::test]
    async fn what_belongs_to_nothing_goes_after_a_day() {
        let world = World::new().await;
        let (unsent, sent, stray) =
            (world.upload(true).await, world.upload(true).await, world.upload(false).await);
        world.send(sent).await;
        let objects = world.directory.path().join("attachments/objects");
        let leftover = format!("{sent}#1");
        fs::write(objects.join(&leftover), "half").expect("written");
        fs::write(objects.join("README"), "not ours").expect("written");

        world.clock.advance(TimeDelta::hours(23));
        assert_eq!(world.collector.collect().await.expect("collected"), Collected::default());
        assert_eq!(world.stored().len(), 5);

        world.clock.advance(TimeDelta::hours(2));
        let young = world.upload(true).await;
        let collected = world.collector.collect().await.expect("collected");
        assert_eq!(collected, Collected { files: 1, strays: 1, leftovers: 1 });
        assert_eq!(world.stored(), [sent.to_string(), young.to_string(), "README".to_owned()]);
        let find = async |id| {
            world.collector.desk.attachment(&world.customer, world.ticket.into(), id).await.is_ok()
        };
        assert_eq!([find(unsent).await, find(sent).await, find(young).await], [false, true, true]);
        let key = support_attachments::FileKey::new([0; 32]);
        assert!(world.collector.attachment_store.read(stray.uuid(), 1, &key).await.is_err());
    }
}
