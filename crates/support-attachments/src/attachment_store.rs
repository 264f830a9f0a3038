//! The bytes of files: in, checked, kept, found again, and gone. A file is an id and bytes here.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_core::stream::BoxStream;
use object_store::ObjectMeta;
use support_domain::value::FileKey;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::check;
use crate::chunks::Chunks;
use crate::clamd::{Clamd, Verdict};
use crate::error::{Error, OpenError};
use crate::incoming::{Spooled, UploadWriter};
use crate::kind::Kind;
use crate::name;
use crate::seal::generate_key;
use crate::storage::{Folder, Storage, StorageLocation, private_directory};

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where files are kept.
    pub place: StorageLocation,
    /// A directory of this machine that files arrive in.
    pub spool: PathBuf,
    /// The scanner, if there is one.
    pub clamd: Option<Clamd>,
    /// How many files may arrive at once.
    pub uploads: usize,
}

/// Takes, keeps and gives back files.
pub struct AttachmentStore {
    storage: Storage,
    spool: PathBuf,
    clamd: Option<Clamd>,
    uploads: Arc<Semaphore>,
}

/// A file that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its name, with an ending that fits what it is.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// SHA-256 of its bytes.
    pub(crate) sha256: [u8; 32],
    /// The key by which it can be read again.
    pub(crate) key: FileKey,
    /// Whether the scanner found it to be harmful. It is kept in [`Folder::Quarantine`]
    /// then.
    pub(crate) is_infected: bool,
}

impl AttachmentStore {
    /// Opens the storage. Whether a remote one answers shows when it is used.
    ///
    /// # Errors
    /// [`OpenError`] when a directory cannot be made or the settings cannot be right.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let Settings { place, spool, clamd, uploads } = settings;
        private_directory(&spool).map_err(|error| OpenError(format!("{}: {error}", spool.display())))?;
        let storage = Storage::open(&place)?;
        Ok(Self { storage, spool, clamd, uploads: Arc::new(Semaphore::new(uploads)) })
    }

    /// Begins to take a file.
    ///
    /// # Errors
    /// [`Error::Busy`] when as many arrive as may at once; [`Error::Storage`] when the disk fails.
    pub(crate) async fn receive(&self) -> Result<UploadWriter, Error> {
        let permit = Arc::clone(&self.uploads).try_acquire_owned().map_err(|_| Error::Busy)?;
        let spool = self.spool.clone();
        let file = spawn_blocking(move || tempfile::tempfile_in(spool)).await;
        let file = file.map_err(|error| Error::task(&error))?.map_err(Error::storage)?;
        Ok(UploadWriter::new(file, permit))
    }

    /// Checks a file that has arrived, has it scanned and keeps it under `id`, which must be new. Its `name`
    /// is a clean one ([`name::clean`]).
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Scanner`], when nothing is kept; [`Error::Storage`], when it is not
    /// known whether it is.
    pub(crate) async fn accept(
        &self,
        incoming: UploadWriter,
        id: Uuid,
        name: &str,
    ) -> Result<Accepted, Error> {
        let arrived = incoming.finish().await?;
        let kind = identify(&arrived, name).await?;
        let verdict = match &self.clamd {
            Some(clamd) => clamd.scan(Chunks::of_file(Arc::clone(&arrived.file))).await?,
            None => Verdict::Clean,
        };
        let is_infected = match verdict {
            Verdict::Clean => false,
            Verdict::Infected(signature) => {
                tracing::warn!(attachment = %id, signature, "put an infected file into quarantine");
                true
            }
        };
        let folder = if is_infected { Folder::Quarantine } else { Folder::Objects };
        let chunks = || Chunks::of_file(Arc::clone(&arrived.file));
        let key = generate_key()?;
        self.storage.write(folder, id, (arrived.size, &key), chunks).await?;
        let name = name::with_ending(name, kind);
        Ok(Accepted { kind, name, size: arrived.size, sha256: arrived.sha256, key, is_infected })
    }

    /// The `size` bytes that were kept under `id`, sealed by `key`.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Damaged`], [`Error::Storage`].
    pub(crate) async fn read(&self, id: Uuid, size: u64, key: &FileKey) -> Result<Chunks, Error> {
        self.storage.read(Folder::Objects, id, (size, key)).await?.begun().await
    }

    /// Deletes what is kept under `id`; it may be gone already.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) async fn remove(&self, folder: Folder, id: Uuid) -> Result<(), Error> {
        self.storage.remove(folder, id).await
    }

    /// What has been kept in `folder` since before `moment`, to find what has no row.
    pub(crate) fn list(&self, folder: Folder, moment: SystemTime) -> Listing {
        Listing { objects: self.storage.list(folder), moment }
    }

    /// Deletes the temporary files, left since before `moment`, of writes that never ended; returns how many
    /// there were.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) async fn remove_temporary(&self, moment: SystemTime) -> Result<usize, Error> {
        let directories: Vec<PathBuf> =
            Folder::ALL.iter().filter_map(|folder| self.storage.directory_of(*folder)).collect();
        let sweep = move || directories.iter().map(|directory| sweep(directory, moment)).sum();
        let swept: std::io::Result<usize> =
            spawn_blocking(sweep).await.map_err(|error| Error::task(&error))?;
        swept.map_err(Error::storage)
    }
}

/// Old objects, in no order.
pub(crate) struct Listing {
    objects: BoxStream<'static, object_store::Result<ObjectMeta>>,
    moment: SystemTime,
}

impl Listing {
    /// The next ones, at most `limit`; none behind the last.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) async fn next(&mut self, limit: usize) -> Result<Vec<Uuid>, Error> {
        let mut ids = Vec::new();
        while ids.len() < limit
            && let Some(object) =
                std::future::poll_fn(|context| self.objects.as_mut().poll_next(context)).await
        {
            let object = object.map_err(Error::storage)?;
            // What has another name was put there by somebody else.
            let id = object.location.filename().and_then(|name| Uuid::try_parse(name).ok());
            ids.extend(id.filter(|_| is_before(&object, self.moment)));
        }
        Ok(ids)
    }
}

fn is_before(object: &ObjectMeta, moment: SystemTime) -> bool {
    let modified = u64::try_from(object.last_modified.timestamp()).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(modified) < moment
}

async fn identify(arrived: &Spooled, name: &str) -> Result<Kind, Error> {
    let (file, size, name) = (Arc::clone(&arrived.file), arrived.size, name.to_owned());
    let checked = spawn_blocking(move || check::identify(&file, size, &name)).await;
    checked.map_err(|error| Error::task(&error))?
}

/// Deletes the files that writes make beside the one they are for, whose names end in `#` and a number.
fn sweep(directory: &Path, moment: SystemTime) -> std::io::Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let is_temporary = entry.file_name().to_string_lossy().contains('#');
        if is_temporary && entry.metadata()?.modified()? < moment {
            fs::remove_file(entry.path())?;
            count += 1;
        }
    }
    Ok(count)
}
