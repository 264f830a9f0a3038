//! The configuration: settings, checked, with their defaults.

mod file;
pub(crate) mod secrets;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use support_attachments::{Clamd, StorageLocation};
use support_web::Origins;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::settings::variable::{
    ATTACHMENTS_URL, BEHIND_PROXY, CLAMD, CORS_ORIGINS, DATABASE_CONNECTIONS, DATABASE_URL, JWT_JWKS,
    JWT_SECRET, LISTEN, MASTER_KEY, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ISSUER, OIDC_REDIRECT_URL,
    TLS_CERT, TLS_KEY, WORKERS,
};
use crate::settings::{LogFormat, Settings, Switch, default};

/// The fewest bytes of a token secret (RFC 7518, section 3.2: as long as the hash).
const MIN_SECRET_BYTES: usize = 32;

/// Checked settings.
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: String,
    pub(crate) database_connections: u32,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) workers: Option<usize>,
    pub(crate) origins: Origins,
    pub(crate) has_rate_limits: bool,
    pub(crate) jwt_jwks: Option<PathBuf>,
    pub(crate) jwt_issuer: Option<String>,
    pub(crate) jwt_audience: Option<String>,
    pub(crate) behind_proxy: bool,
    /// Where attachments are kept.
    pub(crate) attachments: StorageLocation,
    /// What scans them.
    pub(crate) clamd: Option<Clamd>,
    /// Where the certificate and its key are; without them the service speaks plain HTTP.
    pub(crate) tls: Option<TlsFiles>,
    /// The provider with which staff sign in.
    pub(crate) oidc: Option<OidcProvider>,
    listen: String,
    jwt_secret: Option<Zeroizing<String>>,
    master_key: Option<Zeroizing<String>>,
}

/// The files that TLS needs, in PEM.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    /// The server's own certificate and after it those that lead to a root.
    pub(crate) certificates: PathBuf,
    /// The private key of the first certificate.
    pub(crate) key: PathBuf,
}

/// An OpenID Connect provider, and who this service is to it.
pub(crate) struct OidcProvider {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Zeroizing<String>>,
    /// Where it sends browsers back to; unless given, it is derived from the address to listen on.
    pub(crate) redirect_url: Option<String>,
}

impl Config {
    /// Completes and checks `settings`. Nothing is opened or created yet.
    pub(crate) fn resolve(settings: Settings) -> Result<Self, Failure> {
        refuse_unsupported()?;
        let settings = file::complete(settings)?;
        let oidc = oidc_provider(&settings)?;
        let data_dir = settings.data_dir.unwrap_or_else(|| PathBuf::from(default::DATA_DIR));
        let database_url = settings
            .database_url
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("support.db").display()));
        check_database_url(&database_url)?;
        let jwt_jwks = settings.jwt_jwks.map(jwks_file).transpose()?;
        if settings.workers == Some(0) || settings.database_connections == Some(0) {
            return Err(Failure::new(format!("{WORKERS} and {DATABASE_CONNECTIONS} must be at least 1")));
        }
        Ok(Self {
            database_url,
            database_connections: settings.database_connections.unwrap_or(default::DATABASE_CONNECTIONS),
            log: settings.log.unwrap_or_else(|| default::LOG.to_owned()),
            log_format: settings.log_format.unwrap_or_default(),
            workers: settings.workers,
            origins: origins(settings.cors_origins.as_deref())?,
            has_rate_limits: settings.rate_limits.unwrap_or_default() == Switch::On,
            jwt_jwks,
            oidc,
            jwt_issuer: settings.jwt_issuer,
            jwt_audience: settings.jwt_audience,
            listen: settings.listen.unwrap_or_else(|| default::LISTEN.to_owned()),
            tls: tls_files(settings.tls_cert, settings.tls_key)?,
            attachments: attachments(settings.attachments_url.as_deref(), &data_dir)?,
            clamd: settings.clamd.as_deref().map(clamd).transpose()?,
            behind_proxy: settings.behind_proxy.unwrap_or(default::BEHIND_PROXY),
            jwt_secret: settings.jwt_secret.map(Zeroizing::new),
            master_key: settings.master_key.map(Zeroizing::new),
            data_dir,
        })
    }

    /// Whether the database is PostgreSQL, which several nodes may share.
    pub(crate) fn is_shared(&self) -> bool {
        !self.database_url.starts_with("sqlite:")
    }

    /// The addresses to listen on. Plain HTTP leaves the machine only behind a proxy; TLS may.
    pub(crate) fn listen(&self) -> Result<Vec<SocketAddr>, Failure> {
        let bad = |why: String| Failure::new(format!("{LISTEN}={}: {why}", self.listen));
        let addresses: Vec<_> =
            self.listen.to_socket_addrs().map_err(|error| bad(error.to_string()))?.collect();
        if addresses.is_empty() {
            return Err(bad("no such address".to_owned()));
        }
        let may_be_public = self.behind_proxy || self.tls.is_some();
        if !may_be_public && addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(bad(format!(
                "plain HTTP on a public address; give {TLS_CERT} and {TLS_KEY}, listen on 127.0.0.1, or \
                 put a TLS proxy in front and set {BEHIND_PROXY}=true"
            )));
        }
        Ok(addresses)
    }

    /// Whether the secret that signs tokens was given.
    pub(crate) const fn has_jwt_secret(&self) -> bool {
        self.jwt_secret.is_some()
    }

    /// The secret that signs tokens, generated once unless given.
    pub(crate) fn jwt_secret(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let secret = match &self.jwt_secret {
            Some(secret) => Zeroizing::new(secret.as_bytes().to_vec()),
            None => {
                Zeroizing::new(secrets::load_or_generate(&self.data_dir, "jwt-secret")?.as_bytes().to_vec())
            }
        };
        if secret.len() < MIN_SECRET_BYTES {
            return Err(Failure::new(format!(
                "{JWT_SECRET} has {} bytes; it must have at least {MIN_SECRET_BYTES}",
                secret.len()
            )));
        }
        Ok(secret)
    }

    /// The master key, from which other keys are derived, generated once unless given. Nodes that share a
    /// database must share it, so with PostgreSQL it must be given.
    pub(crate) fn master_key(&self) -> Result<Zeroizing<[u8; 32]>, Failure> {
        let text = match &self.master_key {
            Some(text) => text.clone(),
            None if self.is_shared() => {
                return Err(Failure::new(format!(
                    "{MASTER_KEY} must be given with PostgreSQL: 32 bytes in base64, such as \
                     `openssl rand -base64 32` prints"
                )));
            }
            None => secrets::load_or_generate(&self.data_dir, "master-key")?,
        };
        secrets::decode_key(&text)
            .ok_or_else(|| Failure::new(format!("{MASTER_KEY} must be 32 bytes in base64 (44 characters)")))
    }
}

/// Settings that a later version will have: to ignore them would promise what is not there.
fn refuse_unsupported() -> Result<(), Failure> {
    const LATER: [&str; 2] = ["SUPPORT_BUS_URL", "SUPPORT_SMTP_URL"];
    for name in LATER {
        if std::env::var_os(name).is_some_and(|value| !value.is_empty()) {
            return Err(Failure::new(format!("{name} is not supported by this version")));
        }
    }
    Ok(())
}

fn check_database_url(url: &str) -> Result<(), Failure> {
    let known = ["sqlite://", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())) {
        return Ok(());
    }
    // The URL may hold a password, so only its scheme is repeated.
    let scheme = url.split_once(':').map_or("(none)", |(scheme, _)| scheme);
    Err(Failure::new(format!(
        "{DATABASE_URL} has the scheme {scheme}; it must be sqlite://PATH or postgres://…"
    )))
}

fn tls_files(certificates: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<TlsFiles>, Failure> {
    match (certificates, key) {
        (Some(certificates), Some(key)) => Ok(Some(TlsFiles { certificates, key })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Failure::new(format!("{TLS_CERT} needs {TLS_KEY}, which is not given"))),
        (None, Some(_)) => Err(Failure::new(format!("{TLS_KEY} needs {TLS_CERT}, which is not given"))),
    }
}

fn attachments(url: Option<&str>, data_dir: &Path) -> Result<StorageLocation, Failure> {
    match url {
        Some(url) => {
            StorageLocation::parse(url).map_err(|error| Failure::new(format!("{ATTACHMENTS_URL}: {error}")))
        }
        None => Ok(StorageLocation::Directory(data_dir.join("attachments"))),
    }
}

fn clamd(text: &str) -> Result<Clamd, Failure> {
    Clamd::parse(text).map_err(|error| Failure::new(format!("{CLAMD}: {error}")))
}

fn oidc_provider(settings: &Settings) -> Result<Option<OidcProvider>, Failure> {
    match (&settings.oidc_issuer, &settings.oidc_client_id) {
        (Some(issuer), Some(client_id)) => Ok(Some(OidcProvider {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: settings.oidc_client_secret.clone().map(Zeroizing::new),
            redirect_url: settings.oidc_redirect_url.clone(),
        })),
        (Some(_), None) => {
            Err(Failure::new(format!("{OIDC_ISSUER} needs {OIDC_CLIENT_ID}, which is not given")))
        }
        (None, _) => {
            let others =
                [&settings.oidc_client_id, &settings.oidc_client_secret, &settings.oidc_redirect_url];
            if others.iter().any(|setting| setting.is_some()) {
                return Err(Failure::new(format!(
                    "{OIDC_CLIENT_ID}, {OIDC_CLIENT_SECRET} and {OIDC_REDIRECT_URL} need \
                     {OIDC_ISSUER}, which is not given"
                )));
            }
            Ok(None)
        }
    }
}

fn jwks_file(text: String) -> Result<PathBuf, Failure> {
    if text.contains("://") {
        return Err(Failure::new(format!("{JWT_JWKS}: this version reads a file, not a URL")));
    }
    Ok(PathBuf::from(text))
}

fn origins(text: Option<&str>) -> Result<Origins, Failure> {
    let list = text.unwrap_or_default().split(',').map(str::trim).filter(|origin| !origin.is_empty());
    list.map(|origin| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let valid =
            origin == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains(['/', ' ', '*']));
        valid.then(|| origin.to_owned()).ok_or_else(|| {
            Failure::new(format!("{CORS_ORIGINS}: {origin} is no origin such as https://desk.example.com"))
        })
    })
    .collect::<Result<_, _>>()
    .map(Origins::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(change: impl FnOnce(&mut Settings)) -> Result<Config, Failure> {
        let mut settings = Settings::default();
        change(&mut settings);
        Config::resolve(settings)
    }

    fn line<T>(result: Result<T, Failure>) -> String {
        result.err().map(|failure| failure.to_string()).unwrap_or_default()
    }

    #[test]
    fn mistakes_are_told_in_a_line_without_secrets() {
        let bad_url = line(config(|s| s.database_url = Some("mysql://u:hunter2@h/db".to_owned())));
        assert!(bad_url.contains("mysql") && !bad_url.contains("hunter2"), "{bad_url}");
        let short = line(config(|s| s.jwt_secret = Some("short".to_owned())).and_then(|c| c.jwt_secret()));
        assert!(short.contains("5 bytes"), "{short}");
        let key = line(config(|s| s.master_key = Some("AAAA".to_owned())).and_then(|c| c.master_key()));
        assert!(key.contains("32 bytes"), "{key}");
        let shared =
            config(|s| s.database_url = Some("postgres:///x".to_owned())).and_then(|c| c.master_key());
        assert!(line(shared).contains("must be given with PostgreSQL"));
        let place = line(config(|s| s.attachments_url = Some("https://u:hunter2@h/b".to_owned())));
        assert!(place.contains("s3://BUCKET") && !place.contains("hunter2"), "{place}");
        assert!(line(config(|s| s.clamd = Some("localhost".to_owned()))).contains("tcp://HOST:PORT"));
        assert!(line(config(|s| s.cors_origins = Some("example.com".to_owned()))).contains("no origin"));
    }

    #[test]
    fn plain_http_stays_on_the_machine_unless_behind_a_proxy() {
        let public = |s: &mut Settings| s.listen = Some("0.0.0.0:80".to_owned());
        assert!(line(config(public).and_then(|c| c.listen())).contains("plain HTTP on a public address"));
        let proxied = config(|s| {
            public(s);
            s.behind_proxy = Some(true);
        });
        assert_eq!(proxied.and_then(|c| c.listen()).map(|a| a.len()).unwrap_or_default(), 1);
        let secured = config(|s| {
            public(s);
            (s.tls_cert, s.tls_key) = (Some("cert.pem".into()), Some("key.pem".into()));
        });
        assert_eq!(secured.and_then(|c| c.listen()).map(|a| a.len()).unwrap_or_default(), 1);
    }

    #[test]
    fn a_certificate_and_its_key_come_together() {
        let no_key = line(config(|s| s.tls_cert = Some("cert.pem".into())));
        assert!(no_key.contains("needs SUPPORT_TLS_KEY"), "{no_key}");
        let no_certificate = line(config(|s| s.tls_key = Some("key.pem".into())));
        assert!(no_certificate.contains("needs SUPPORT_TLS_CERT"), "{no_certificate}");
    }
}
