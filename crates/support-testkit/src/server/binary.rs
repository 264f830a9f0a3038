use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::SystemTime;
use std::{env, fs};

use crate::error::Doing;
use crate::{Error, Result};

/// Names another binary to test, such as an optimised one.
const VARIABLE: &str = "SUPPORT_SERVER_BIN";
static WARNED: Once = Once::new();

/// The binary under test: `SUPPORT_SERVER_BIN`, else the one that cargo has built beside the running test.
pub(super) fn find() -> Result<PathBuf> {
    if let Some(path) = env::var_os(VARIABLE) {
        let path = PathBuf::from(path);
        return path.canonicalize().doing(|| format!("find {VARIABLE}={}", path.display()));
    }
    let test = env::current_exe().doing(|| "find the running test".into())?;
    // `<target>/<profile>/deps/<test>`
    let profile = test.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let binary = profile.join("support-server");
    if !binary.is_file() {
        return Err(Error::Missing(format!(
            "{} is not there: build it with `cargo build -p support-server`, or set {VARIABLE}",
            binary.display()
        )));
    }
    WARNED.call_once(|| {
        if let Some(source) = newer_source(&binary) {
            eprintln!("warning: {} is older than {}", binary.display(), source.display());
        }
    });
    Ok(binary)
}

/// A source file that has changed since the binary was built, by the dependency list that cargo keeps beside
/// it. Running only some packages' tests does not rebuild the binary, and then they test what is no longer
/// there.
fn newer_source(binary: &Path) -> Option<PathBuf> {
    let built = modified(binary)?;
    let list = fs::read_to_string(binary.with_extension("d")).ok()?;
    let (_, sources) = list.split_once(": ")?;
    sources.split_whitespace().map(PathBuf::from).find(|source| modified(source).is_some_and(|at| at > built))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
