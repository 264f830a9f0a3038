//! A scanner that finds every file to be harmful, with as much of `clamd(8)` as an upload needs.

use std::path::Path;

use support_attachments::Clamd;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// Listens at a socket in `directory`, until the test's runtime ends.
pub(crate) fn listen(directory: &Path) -> Clamd {
    let path = directory.join("clamd.ctl");
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            scan(stream).await.unwrap();
        }
    });
    Clamd::Unix(path)
}

async fn scan(mut stream: UnixStream) -> std::io::Result<()> {
    stream.read_exact(&mut [0; b"zINSTREAM\0".len()]).await?;
    loop {
        let length = stream.read_u32().await?;
        if length == 0 {
            break;
        }
        stream.read_exact(&mut vec![0; length as usize]).await?;
    }
    stream.write_all(b"stream: Test-Signature FOUND\0").await
}
