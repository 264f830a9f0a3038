//! `support.toml`: the same settings under the flags' names, with `_` for `-`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::{LogFormat, Settings, Switch};
use crate::failure::Failure;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<String>,
    database_url: Option<String>,
    data_dir: Option<PathBuf>,
    jwt_secret: Option<String>,
    jwt_jwks: Option<String>,
    jwt_issuer: Option<String>,
    jwt_audience: Option<String>,
    oidc_issuer: Option<String>,
    oidc_client_id: Option<String>,
    oidc_client_secret: Option<String>,
    oidc_redirect_url: Option<String>,
    master_key: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    behind_proxy: Option<bool>,
    rate_limits: Option<Switch>,
    cors_origins: Option<String>,
    attachments_url: Option<String>,
    clamd: Option<String>,
    workers: Option<usize>,
    database_connections: Option<u32>,
    log: Option<String>,
    log_format: Option<LogFormat>,
}

/// Completes `settings` from the file they name, or from `support.toml` if that exists.
pub(super) fn complete(settings: Settings) -> Result<Settings, Failure> {
    let file = match &settings.config {
        Some(path) => read(path)?.ok_or_else(|| Failure::new(format!("{}: no such file", path.display())))?,
        None => read(Path::new("support.toml"))?.unwrap_or_default(),
    };
    Ok(Settings {
        config: settings.config,
        listen: settings.listen.or(file.listen),
        database_url: settings.database_url.or(file.database_url),
        data_dir: settings.data_dir.or(file.data_dir),
        jwt_secret: settings.jwt_secret.or(file.jwt_secret),
        jwt_jwks: settings.jwt_jwks.or(file.jwt_jwks),
        jwt_issuer: settings.jwt_issuer.or(file.jwt_issuer),
        jwt_audience: settings.jwt_audience.or(file.jwt_audience),
        oidc_issuer: settings.oidc_issuer.or(file.oidc_issuer),
        oidc_client_id: settings.oidc_client_id.or(file.oidc_client_id),
        oidc_client_secret: settings.oidc_client_secret.or(file.oidc_client_secret),
        oidc_redirect_url: settings.oidc_redirect_url.or(file.oidc_redirect_url),
        master_key: settings.master_key.or(file.master_key),
        tls_cert: settings.tls_cert.or(file.tls_cert),
        tls_key: settings.tls_key.or(file.tls_key),
        behind_proxy: settings.behind_proxy.or(file.behind_proxy),
        rate_limits: settings.rate_limits.or(file.rate_limits),
        cors_origins: settings.cors_origins.or(file.cors_origins),
        attachments_url: settings.attachments_url.or(file.attachments_url),
        clamd: settings.clamd.or(file.clamd),
        workers: settings.workers.or(file.workers),
        database_connections: settings.database_connections.or(file.database_connections),
        log: settings.log.or(file.log),
        log_format: settings.log_format.or(file.log_format),
    })
}

fn read(path: &Path) -> Result<Option<File>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            parse(&text).map(Some).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{}: {error}", path.display()))),
    }
}

fn parse(text: &str) -> Result<File, String> {
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
