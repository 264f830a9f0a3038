//! Where bytes are kept. This is the one place where they go to storage and come from it, sealed
//! ([`crate::seal`]).

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_core::stream::BoxStream;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::signer::Signer;
use object_store::{
    ClientOptions, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
};
use reqwest::{Body, Client, Method};
use support_domain::value::FileKey;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::chunks::Chunks;
use crate::error::{Error, OpenError};
use crate::seal::{Sealing, sealed_size};

/// How long a signed address for one upload holds.
const SIGNED_FOR: Duration = Duration::from_mins(2);
/// How long the storage may take to let a connection in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request to the storage may take.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a request is tried again.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a file is sent until its upload is given up.
const ATTEMPTS: u32 = 3;

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageLocation {
    /// In a directory, which is made if there is none.
    Directory(PathBuf),
    /// In S3-compatible storage: `s3://bucket/prefix`. Region, endpoint and credentials are read from the
    /// usual variables of the environment, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY` and so on.
    S3 {
        /// The bucket.
        bucket: String,
        /// What stands before the names of all objects; may be empty.
        prefix: String,
    },
}

impl StorageLocation {
    /// Reads `s3://bucket` or `s3://bucket/prefix`.
    ///
    /// # Errors
    /// [`OpenError`] for anything else.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let (bucket, prefix) = match url.strip_prefix("s3://") {
            Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
            None => ("", ""),
        };
        let is_plain = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
                && !text.contains("..")
        };
        if bucket.is_empty() || !is_plain(url.trim_start_matches("s3:")) {
            return Err(OpenError("it must be s3://BUCKET or s3://BUCKET/PREFIX".to_owned()));
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

/// A part of the storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folder {
    /// What can be served.
    Objects,
    /// What a scanner found to be harmful.
    Quarantine,
}

impl Folder {
    /// Every one.
    pub(crate) const ALL: &'static [Self] = &[Self::Objects, Self::Quarantine];

    const fn name(self) -> &'static str {
        match self {
            Self::Objects => "objects",
            Self::Quarantine => "quarantine",
        }
    }
}

/// Keeps bytes under ids.
pub(crate) struct Storage {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    writer: Writer,
}

/// How files are written.
enum Writer {
    /// Chunk by chunk into a file beside, which then takes its place.
    Directory(PathBuf),
    /// As the body of one request to a signed address: a part of S3's own uploads has 5 MiB, and its client
    /// holds each in memory.
    S3 { signer: Arc<AmazonS3>, client: Client },
}

impl Storage {
    pub(crate) fn open(place: &StorageLocation) -> Result<Self, OpenError> {
        match place {
            StorageLocation::Directory(path) => Self::directory(path),
            StorageLocation::S3 { bucket, prefix } => Self::s3(bucket, prefix),
        }
    }

    fn directory(path: &FilePath) -> Result<Self, OpenError> {
        let failed = |error: &dyn std::fmt::Display| OpenError(format!("{}: {error}", path.display()));
        for folder in Folder::ALL {
            private_directory(&path.join(folder.name())).map_err(|error| failed(&error))?;
        }
        let path = fs::canonicalize(path).map_err(|error| failed(&error))?;
        let store = LocalFileSystem::new_with_prefix(&path).map_err(|error| failed(&error))?.with_fsync(true);
        Ok(Self { store: Arc::new(store), prefix: Path::default(), writer: Writer::Directory(path) })
    }

    fn s3(bucket: &str, prefix: &str) -> Result<Self, OpenError> {
        // The client takes the provider that the process has; an earlier choice is as good.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let failed =
            |error: &dyn std::fmt::Display| OpenError(format!("the storage cannot be used: {error}"));
        let options =
            ClientOptions::new().with_connect_timeout(CONNECT_TIMEOUT).with_timeout(REQUEST_TIMEOUT);
        let retry = RetryConfig { max_retries: 3, retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
        let store = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_client_options(environment_options(options))
            .with_retry(retry)
            .build()
            .map_err(|error| failed(&error))?;
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| failed(&error))?;
        let store = Arc::new(store);
        let writer = Writer::S3 { signer: Arc::clone(&store), client };
        Ok(Self { store, prefix: Path::from(prefix), writer })
    }

    fn path(&self, folder: Folder, id: Uuid) -> Path {
        self.folder(folder).join(id.as_hyphenated().to_string())
    }

    fn folder(&self, folder: Folder) -> Path {
        self.prefix.clone().join(folder.name())
    }

    /// Keeps the `size` bytes that `plain` makes afresh for each attempt, sealed. They are there to stay, or
    /// not at all.
    pub(crate) async fn write(
        &self,
        folder: Folder,
        id: Uuid,
        (size, key): (u64, &FileKey),
        plain: impl Fn() -> Chunks,
    ) -> Result<(), Error> {
        let chunks = || plain().sealed(Sealing::new(key, id, size));
        let size = sealed_size(size);
        let path = self.path(folder, id);
        match &self.writer {
            Writer::Directory(root) => {
                let mut upload = self.store.put_multipart(&path).await.map_err(Error::storage)?;
                if let Err(error) = fill(&mut upload, chunks()).await {
                    // What is left of it is found by its age.
                    let _gone = upload.abort().await;
                    return Err(error);
                }
                make_private(root.join(folder.name()).join(id.as_hyphenated().to_string())).await
            }
            Writer::S3 { signer, client } => {
                let mut attempt = 1;
                loop {
                    match send(signer, client, &path, size, chunks()).await {
                        Err(_) if attempt < ATTEMPTS => attempt += 1,
                        outcome => return outcome,
                    }
                }
            }
        }
    }

    /// The bytes under an id, of which there were `size` before they were sealed.
    pub(crate) async fn read(
        &self,
        folder: Folder,
        id: Uuid,
        (size, key): (u64, &FileKey),
    ) -> Result<Chunks, Error> {
        match self.store.get(&self.path(folder, id)).await {
            Ok(object) if object.meta.size != sealed_size(size) => Err(Error::Damaged(id)),
            Ok(object) => Ok(Chunks::of_stream(object.into_stream(), Sealing::new(key, id, size))),
            Err(object_store::Error::NotFound { .. }) => Err(Error::Missing),
            Err(error) => Err(Error::storage(error)),
        }
    }

    /// Deletes the bytes under an id, if there are any.
    pub(crate) async fn remove(&self, folder: Folder, id: Uuid) -> Result<(), Error> {
        match self.store.delete(&self.path(folder, id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::storage(error)),
        }
    }

    /// What is kept in a part.
    pub(crate) fn list(&self, folder: Folder) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.store.list(Some(&self.folder(folder)))
    }

    /// The directory of a part, where temporary files of writes that never ended can be, which
    /// [`Storage::list`] leaves out.
    pub(crate) fn directory_of(&self, folder: Folder) -> Option<PathBuf> {
        match &self.writer {
            Writer::Directory(root) => Some(root.join(folder.name())),
            Writer::S3 { .. } => None,
        }
    }
}

/// What the environment says about connections, such as `AWS_ALLOW_HTTP`, on top of `options`.
fn environment_options(options: ClientOptions) -> ClientOptions {
    let allows = std::env::var("AWS_ALLOW_HTTP").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    options.with_allow_http(allows)
}

async fn fill(upload: &mut Box<dyn MultipartUpload>, mut chunks: Chunks) -> Result<(), Error> {
    while let Some(chunk) = chunks.next().await? {
        upload.put_part(PutPayload::from(chunk)).await.map_err(Error::storage)?;
    }
    upload.complete().await.map(drop).map_err(Error::storage)
}

/// Lets this user alone read a file, which lies in a directory that lets nobody else in.
async fn make_private(file: PathBuf) -> Result<(), Error> {
    let change = move || fs::set_permissions(file, Permissions::from_mode(0o600));
    spawn_blocking(change).await.map_err(|error| Error::task(&error))?.map_err(Error::storage)
}

/// Makes a directory that lets nobody else in.
pub(crate) fn private_directory(path: &FilePath) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

async fn send(
    signer: &AmazonS3,
    client: &Client,
    path: &Path,
    size: u64,
    chunks: Chunks,
) -> Result<(), Error> {
    let url = signer.signed_url(Method::PUT, path, SIGNED_FOR).await.map_err(Error::storage)?;
    let body = Body::wrap_stream(chunks.into_stream());
    let request = client.put(url).header(reqwest::header::CONTENT_LENGTH, size).body(body);
    // The address holds a signature, so it stays out of the log.
    let response = request.send().await.map_err(|error| Error::storage(error.without_url()))?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(Error::Storage(format!("an upload was answered with {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_told_from_anything_else() {
        let s3 = |bucket: &str, prefix: &str| StorageLocation::S3 {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        };
        assert_eq!(StorageLocation::parse("s3://files").ok(), Some(s3("files", "")));
        assert_eq!(StorageLocation::parse("s3://my.files/desk/a/").ok(), Some(s3("my.files", "desk/a")));
        for bad in
            ["", "s3://", "s3:///x", "files", "https://files", "s3://a/../b", "s3://a b", "s3://u:p@a/b"]
        {
            assert!(StorageLocation::parse(bad).is_err(), "{bad}");
        }
    }
}
