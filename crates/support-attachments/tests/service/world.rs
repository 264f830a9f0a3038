//! A desk with a ticket, and the service over it.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use chrono::TimeDelta;
use support_attachments::{
    AttachmentStore, Attachments, AttachmentsDeps, Collected, Error, ServiceError, Settings, StorageLocation,
};
use support_domain::actor::Actor;
use support_domain::command::{
    AssignTicket, CreateAgent, CreateDepartment, CreateTicket, SendMessage, UpdateTicket,
};
use support_domain::desk::{Desk, DeskDeps};
use support_domain::entity::{Tier, Upload};
use support_domain::error::{Entity, Error as DeskError};
use support_domain::id::{AttachmentId, TicketId, UserId};
use support_domain::memory::{ManualClock, RecordingPublisher, SequentialIds};
use support_domain::rules::transition::StatusChange;
use support_domain::time::{Clock, Timestamp};
use support_domain::usecase::Policy;
use support_domain::value::{
    AgentStatus, Category, DepartmentName, Description, EmailAddress, MessageText, PersonName, Priority,
    Resolution, Role, Subject, Tags,
};
use uuid::Uuid;

use crate::file::{Failure, File};
use crate::hooks::HookedStore;
use crate::scanner;

pub(crate) struct World {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<HookedStore>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) attachments: Arc<Attachments>,
    ids: Arc<SequentialIds>,
    pub(crate) ana: Actor,
    pub(crate) admin: Actor,
    /// A ticket of Ana's.
    pub(crate) ticket: TicketId,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(false).await
    }

    /// One whose scanner finds every file to be harmful.
    pub(crate) async fn of_harmful_files() -> Self {
        Self::with(true).await
    }

    async fn with(is_scanned: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        // The storage knows the machine's time alone, so the desk begins there.
        let clock = Arc::new(ManualClock::new(machine_time(&directory)));
        let store = Arc::new(HookedStore::default());
        let desk = Arc::new(Desk::new(DeskDeps {
            store: Arc::clone(&store) as _,
            publisher: Arc::new(RecordingPublisher::new()),
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SequentialIds::new(clock.now())),
            policy: Policy::default(),
        }));
        let settings = Settings {
            place: StorageLocation::Directory(directory.path().join("attachments")),
            spool: directory.path().join("incoming"),
            clamd: is_scanned.then(|| scanner::listen(directory.path())),
            uploads: 1,
        };
        let ids = Arc::new(SequentialIds::default());
        let attachments = Arc::new(Attachments::new(AttachmentsDeps {
            desk: Arc::clone(&desk),
            store: AttachmentStore::open(settings).unwrap(),
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
        }));
        let ana = Actor::new(UserId::new(Uuid::from_u128(1)), Role::Customer);
        let ana = Actor { name: PersonName::parse("Ana").ok(), ..ana };
        let admin = Actor::new(UserId::new(Uuid::from_u128(2)), Role::Admin);
        let ticket = desk.create_ticket(&ana, new_ticket()).await.unwrap().ticket.id;
        Self { directory, clock, store, desk, attachments, ids, ana, admin, ticket }
    }

    pub(crate) async fn upload(&self, mut file: File) -> Result<Upload, Failure> {
        self.attachments.upload(&self.ana, self.ticket.into(), &mut file).await
    }

    /// Uploads a small image.
    pub(crate) async fn uploaded(&self) -> AttachmentId {
        self.upload(File::png()).await.unwrap().id
    }

    pub(crate) async fn send(&self, id: AttachmentId) {
        let command = SendMessage {
            ticket: self.ticket.into(),
            text: MessageText::parse("here").unwrap(),
            client_message_id: None,
            attachments: vec![id],
        };
        self.desk.send_message(&self.ana, command).await.unwrap();
    }

    /// Has an agent resolve the ticket, and closes it.
    pub(crate) async fn close_ticket(&self) {
        let department = DepartmentName::parse("Support").unwrap();
        let command = CreateDepartment {
            name: department.clone(),
            description: String::new(),
            tier: Tier::FIRST,
            categories: vec![Category::General],
        };
        self.desk.create_department(&self.admin, command).await.unwrap();
        let command = CreateAgent {
            name: PersonName::parse("Tara").unwrap(),
            email: EmailAddress::parse("tara@example.com").unwrap(),
            phone: None,
            department,
            tier: Tier::FIRST,
            capacity: 1,
            status: AgentStatus::Available,
            password: None,
        };
        let agent = self.desk.create_agent(&self.admin, command).await.unwrap().id;
        let command = AssignTicket { ticket: self.ticket.into(), agent: Some(agent), force: false };
        self.desk.assign_ticket(&self.admin, command).await.unwrap();
        for status in [StatusChange::Resolved(Resolution::parse("Solved").unwrap()), StatusChange::Closed] {
            let command = UpdateTicket { status: Some(status), ..UpdateTicket::default() };
            self.desk.update_ticket(&self.admin, self.ticket.into(), command).await.unwrap();
        }
    }

    /// The bytes of a file as they are served.
    pub(crate) async fn download(&self, id: AttachmentId) -> Result<Vec<u8>, ServiceError> {
        let mut download = self.attachments.download(&self.ana, self.ticket.into(), id).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = download.chunks.next().await? {
            bytes.extend_from_slice(&chunk);
        }
        assert_eq!(bytes.len() as u64, download.size);
        Ok(bytes)
    }

    pub(crate) async fn is_served(&self, id: AttachmentId) -> bool {
        match self.download(id).await {
            Ok(_) => true,
            Err(ServiceError::Desk(DeskError::NotFound(Entity::Attachment))) => false,
            Err(other) => panic!("{other}"),
        }
    }

    pub(crate) async fn collect(&self) -> Collected {
        self.attachments.collect().await.unwrap()
    }

    pub(crate) fn pass(&self, hours: i64) {
        self.clock.advance(TimeDelta::hours(hours));
    }

    /// The n-th id that the service gave to a file.
    pub(crate) fn nth(&self, n: u64) -> AttachmentId {
        AttachmentId::new(self.ids.nth(n))
    }

    /// Which of the service's files have rows.
    pub(crate) async fn rows(&self) -> BTreeSet<AttachmentId> {
        let all = (1..=20).map(|n| self.nth(n)).collect();
        self.desk.known_attachments(all).await.unwrap().into_iter().collect()
    }

    /// Which files have bytes, whether they can be served or not.
    pub(crate) fn stored(&self) -> BTreeSet<AttachmentId> {
        let names = ["objects", "quarantine"].map(|folder| self.names(folder)).concat();
        names.iter().filter_map(|name| AttachmentId::parse(name)).collect()
    }

    /// The names of what is in a folder of the storage, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn folder(&self, folder: &str) -> PathBuf {
        self.directory.path().join("attachments").join(folder)
    }

    /// What must be true at any time: a row has its bytes.
    pub(crate) async fn assert_that_rows_have_bytes(&self) {
        let (rows, stored) = (self.rows().await, self.stored());
        assert!(rows.is_subset(&stored), "rows {rows:?}, bytes {stored:?}");
    }

    /// Makes the storage of served files fail at everything, until it is mended.
    pub(crate) fn break_storage(&self) {
        break_storage(&self.folder("objects"));
    }

    pub(crate) fn mend_storage(&self) {
        let objects = self.folder("objects");
        fs::remove_file(&objects).unwrap();
        fs::rename(objects.with_extension("away"), objects).unwrap();
    }
}

/// Puts a file where a directory should be: it stops everybody, whatever they may.
pub(crate) fn break_storage(objects: &std::path::Path) {
    fs::rename(objects, objects.with_extension("away")).unwrap();
    fs::write(objects, "no directory").unwrap();
}

/// What the service says when its storage fails.
#[track_caller]
pub(crate) fn assert_storage_failed<T>(result: Result<T, ServiceError>) {
    assert!(matches!(result.err(), Some(ServiceError::File(Error::Storage(_)))), "the storage failed");
}

fn machine_time(directory: &tempfile::TempDir) -> Timestamp {
    let made = fs::metadata(directory.path()).unwrap().modified().unwrap();
    let since: Duration = made.duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

fn new_ticket() -> CreateTicket {
    CreateTicket {
        subject: Subject::parse("s").unwrap(),
        description: Description::parse("d").unwrap(),
        category: Category::General,
        priority: Priority::Low,
        department: None,
        tags: Tags::default(),
        customer: None,
        auto_assign: false,
        idempotency: None,
    }
}
