//! Attachments: where their bytes are, and when those that nothing refers to are deleted.

use std::sync::Arc;
use std::time::Duration;

use support_attachments::{AttachmentStore, Attachments, Collected, Settings};

use crate::config::Config;
use crate::failure::Failure;

/// How many files may arrive at once. Each takes at most some 200 KiB of memory and 10 MiB of the disk.
const UPLOADS: usize = 16;
/// How often is collected; the first time soon after the start.
const INTERVAL: Duration = Duration::from_hours(1);
const FIRST: Duration = Duration::from_mins(1);

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

/// Collects again and again. What fails is tried again the next time.
pub(crate) async fn collect_hourly(attachments: Arc<Attachments>) {
    tokio::time::sleep(FIRST).await;
    loop {
        match attachments.collect().await {
            Ok(collected) if collected == Collected::default() => {}
            Ok(Collected { expired, orphans, temporary }) => {
                tracing::info!(expired, orphans, temporary, "deleted attachments that nothing refers to");
            }
            Err(error) => tracing::error!(%error, "failed to collect attachments"),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
