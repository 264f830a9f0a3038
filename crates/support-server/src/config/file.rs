//! `support.toml`: the same settings under the flags' names, with `_` for `-`.

use std::path::Path;

use crate::failure::Failure;
use crate::settings::Settings;

/// Completes `settings` from the file they name, or from `support.toml` if that exists.
pub(super) fn complete(settings: Settings) -> Result<Settings, Failure> {
    let file = match &settings.config {
        Some(path) => read(path)?.ok_or_else(|| Failure::new(format!("{}: no such file", path.display())))?,
        None => read(Path::new("support.toml"))?.unwrap_or_default(),
    };
    Ok(settings.or(file))
}

fn read(path: &Path) -> Result<Option<Settings>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            parse(&text).map(Some).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{}: {error}", path.display()))),
    }
}

fn parse(text: &str) -> Result<Settings, String> {
    toml::from_str(text).map_err(|error| {
        let line =
            error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        line.map_or_else(|| error.message().to_owned(), |line| format!("line {line}: {}", error.message()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named() {
        let error = parse("listen = \"127.0.0.1:1\"\nlisen = \"x\"\n").expect_err("unknown key");
        assert!(error.starts_with("line 2: unknown field `lisen`"), "{error}");
    }

    #[test]
    fn flags_come_before_the_file() {
        let directory = tempfile::tempdir().expect("directory");
        let path = directory.path().join("x.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nworkers = 3\n").expect("written");
        let given =
            Settings { config: Some(path), listen: Some("127.0.0.1:2".to_owned()), ..Settings::default() };
        let settings = complete(given).expect("valid");
        assert_eq!(settings.listen.as_deref(), Some("127.0.0.1:2"));
        assert_eq!(settings.workers, Some(3));
    }
}
