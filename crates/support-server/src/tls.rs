//! TLS 1.2 and 1.3: the certificate and its key, which are replaced while the service runs.

use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{Error, InconsistentKeys, ServerConfig};
use tokio::signal::unix::{SignalKind, signal};
use zeroize::Zeroizing;

use crate::config::TlsFiles;
use crate::failure::Failure;
use crate::settings::variable::{TLS_CERT, TLS_KEY};

/// The certificate that is served, and the files that it came from.
pub(crate) struct Tls {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    served: Arc<Served>,
}

impl Tls {
    /// Reads the files.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, Failure> {
        let provider = Arc::new(ring::default_provider());
        let served = Arc::new(Served(RwLock::new(Arc::new(read(&files, &provider)?))));
        Ok(Self { files, provider, served })
    }

    /// How connections are encrypted: by the certificate that is the newest when each of them begins.
    pub(crate) fn config(&self) -> Result<ServerConfig, Failure> {
        let config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| Failure::new(format!("TLS: {error}")))?;
        Ok(config.with_no_client_auth().with_cert_resolver(Arc::clone(&self.served) as _))
    }

    /// Reads the files again at each SIGHUP. Connections that are open stay as they are, and files that are
    /// of no use change nothing.
    pub(crate) fn reload_when_told(self) -> Result<impl Future<Output = ()>, Failure> {
        let hangup = signal(SignalKind::hangup());
        let mut hangup = hangup.map_err(|error| Failure::new(format!("signals: {error}")))?;
        Ok(async move {
            while hangup.recv().await.is_some() {
                match read(&self.files, &self.provider) {
                    Ok(key) => {
                        self.served.replace(key);
                        tracing::info!("serving the certificate that was read again");
                    }
                    Err(failure) => {
                        tracing::error!(reason = %failure, "still serving the old certificate");
                    }
                }
            }
        })
    }
}

/// The newest certificate with its chain and key.
#[derive(Debug)]
struct Served(RwLock<Arc<CertifiedKey>>);

impl Served {
    fn replace(&self, key: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }
}

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Reads a chain and the key that fits its first certificate.
fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, Failure> {
    let TlsFiles { certificates, key } = files;
    let no_certificate = |what| Failure::new(format!("{TLS_CERT}: {}: {what}", certificates.display()));
    let no_key = |what: &str| Failure::new(format!("{TLS_KEY}: {}: {what}", key.display()));

    let pem = file(TLS_CERT, certificates)?;
    let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|_| no_certificate("not in PEM, or damaged"))?;
    if chain.is_empty() {
        return Err(no_certificate("no certificate in PEM"));
    }
    // What the parser says of a damaged file repeats a piece of it, which may be the key's.
    let pem = file(TLS_KEY, key)?;
    let private = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| no_key("no private key in PEM; one that is encrypted cannot be used"))?;
    let private = provider.key_provider.load_private_key(private).map_err(|_| {
        no_key("not a key of RSA with at least 2048 bits, of ECDSA on P-256 or P-384, or of Ed25519")
    })?;
    let certified = CertifiedKey::new(chain, private);
    match certified.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(Error::InconsistentKeys(_)) => {
            Err(no_key(&format!("not the key of the first certificate of {TLS_CERT}")))
        }
        Err(_) => Err(no_certificate("the first certificate is damaged, or not of version 3")),
    }
}

fn file(setting: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let bytes =
        fs::read(path).map_err(|error| Failure::new(format!("{setting}: {}: {error}", path.display())))?;
    Ok(Zeroizing::new(bytes))
}
