//! Secrets that the program makes for itself, once, readable by its user alone.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The secret kept under `name` in the data directory: 32 random bytes in base64, made if absent.
pub(crate) fn load_or_generate(directory: &Path, name: &str) -> Result<Zeroizing<String>, Failure> {
    let path = directory.join(name);
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    match read(&path) {
        Ok(secret) => return Ok(secret),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    fs::create_dir_all(directory)
        .map_err(|error| Failure::new(format!("the data directory {}: {error}", directory.display())))?;
    // Written aside and linked into place, so that of several starting at once all read the same whole
    // secret.
    let draft = directory.join(format!(".{name}.{}", std::process::id()));
    write(&draft, &generate().map_err(failed)?).map_err(failed)?;
    let linked = fs::hard_link(&draft, &path);
    fs::remove_file(&draft).map_err(failed)?;
    match linked {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    read(&path).map_err(failed)
}

/// Reads 32 bytes in base64.
pub(crate) fn decode_key(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
    <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Zeroizing::new)
}

fn read(path: &Path) -> std::io::Result<Zeroizing<String>> {
    let text = Zeroizing::new(fs::read_to_string(path)?);
    Ok(Zeroizing::new(text.trim().to_owned()))
}

fn write(path: &Path, secret: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(secret.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn generate() -> std::io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    File::open("/dev/urandom")?.read_exact(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(STANDARD.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_kept_private() {
        let directory = tempfile::tempdir().expect("directory");
        let root = directory.path().join("data");
        let first = load_or_generate(&root, "key").expect("made");
        assert!(decode_key(&first).is_some());
        assert_eq!(first, load_or_generate(&root, "key").expect("read"));
        let mode = fs::metadata(root.join("key")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&root).expect("listed").count(), 1, "no draft is left");
    }
}
