//! How much of a caller the service takes. Reaching a limit is an answer, not a hang.

use std::time::Duration;

/// The most bytes of a JSON body. Beyond: 413.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// The most bytes of a path with its query. Beyond: 414. The header section as a whole ends at 128 KiB and 96
/// headers, which the HTTP parser enforces.
pub const MAX_URI_BYTES: usize = 32 * 1024;
/// How long a caller may take to agree on keys with TLS. Beyond: the connection is closed.
pub const TLS_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a caller may take to send a request's head. Beyond: 408, and the connection is closed.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a caller may take to send a request's body. Beyond: 408.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a caller may take to send a file; between two pieces of it they have [`BODY_TIMEOUT`]. Beyond:
/// 408.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_mins(5);
/// The most bytes around the file in the form that brings it. Beyond: 413.
pub const MAX_FORM_BYTES: u64 = 64 * 1024;
/// How long a connection is kept without a request.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a closing connection may take.
pub const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long requests in flight may take when the service is told to stop.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);
/// How long the database may take to say that it is there.
pub const READY_TIMEOUT: Duration = Duration::from_secs(2);
/// After how many seconds a caller may try again when the service is overloaded or without its database.
pub const RETRY_AFTER_SECONDS: u32 = 1;
/// How many items a page has unless `limit` says otherwise.
pub const DEFAULT_PAGE: u32 = 50;
/// The most items of a page.
pub const MAX_PAGE: u32 = 200;
