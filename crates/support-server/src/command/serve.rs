//! `serve`: runs the service until it is told to stop.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use actix_web::web::Data;
use support_attachments::{AttachmentStore, Attachments, AttachmentsDeps};
use support_auth::{AccessTokens, Authentication, AuthenticationDeps, Lifetimes, Password, Passwords};
use support_domain::desk::{Desk, DeskDeps};
use support_domain::port::Store;
use support_domain::time::Clock;
use support_domain::usecase::Policy;
use support_http::{CursorKey, Limits, Metrics, Settings, State, Threads};
use support_infra_diesel::Stores;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::demo::{self, Logins};
use crate::failure::Failure;
use crate::live::{Live, LiveService};
use crate::publishers::Publishers;
use crate::sign_in::SignIn;
use crate::tls::Tls;
use crate::{attachments, limits, sign_in, store, tokens};
use support_domain::system::{SystemClock, UuidV7Ids};

pub(crate) fn run(config: &Config, with_demo: bool) -> Result<(), Failure> {
    let tokens = tokens::open(config)?;
    let cursors = CursorKey::new(*support_crypto::derive(&*config.master_key()?, b"support cursors v1"));
    let tls = config.tls.clone().map(Tls::open).transpose()?;
    let listeners = bind(&config.listen()?)?;
    let sign_in = sign_in::open(config, &listeners)?;
    let attachment_store = attachments::open(config)?;
    let stores = store::open(config)?;
    actix_web::rt::System::new().block_on(async {
        let demo = if with_demo { load_demo(config, &stores.desk).await? } else { Demo::NotAsked };
        let (state, live) = state(config, stores, tokens, cursors, HttpDeps { attachment_store, sign_in })?;
        serve(config, listeners, tls, state, live, demo).await
    })
}

/// What has become of the demo data.
enum Demo {
    NotAsked,
    Loaded(Logins),
    AlreadyFilled,
}

async fn load_demo(config: &Config, store: &Arc<dyn Store>) -> Result<Demo, Failure> {
    let hash = |password: &str| {
        let password = Password::choose(password).map_err(Failure::new)?;
        let hash = support_auth::hash_password(&password).map_err(|error| Failure::new(error.to_string()))?;
        Ok(hash.as_str().to_owned())
    };
    let logins = demo::load(store, &config.data_dir, hash, SystemClock.now()).await?;
    Ok(logins.map_or(Demo::AlreadyFilled, Demo::Loaded))
}

/// What the HTTP interface uses besides the desk.
struct HttpDeps {
    /// Where attachments are kept.
    attachment_store: AttachmentStore,
    /// Signing in with an identity provider.
    sign_in: SignIn,
}

fn state(
    config: &Config,
    stores: Stores,
    tokens: AccessTokens,
    cursors: CursorKey,
    beside: HttpDeps,
) -> Result<(State, LiveService), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(error.to_string());
    let metrics = Arc::new(Metrics::new().map_err(|error| failed(&error))?);
    let live = Live::new(metrics.registry())?;
    let policy = Policy { shared_store: config.is_shared(), ..Policy::default() };
    let desk = Arc::new(Desk::new(DeskDeps {
        store: stores.desk,
        publisher: Arc::new(Publishers(vec![Arc::clone(&metrics) as _, live.publisher()])),
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids),
        policy,
    }));
    let SignIn { provider, is_secure } = beside.sign_in;
    let authentication = Arc::new(Authentication::new(AuthenticationDeps {
        store: stores.auth,
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids),
        tokens,
        passwords: Passwords::new(hashers(config)).map_err(|error| failed(&error))?,
        sign_in: provider,
        lifetimes: Lifetimes::default(),
    }));
    let live = live.open(config, &desk, &authentication);
    let attachments = Attachments::new(AttachmentsDeps {
        desk: Arc::clone(&desk),
        store: beside.attachment_store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids),
    });
    let state = State {
        desk,
        attachments: Arc::new(attachments),
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids),
        authentication,
        cursors,
        metrics,
        limits: if config.has_rate_limits { Limits::on() } else { Limits::off() },
        settings: Settings {
            origins: config.origins.clone(),
            is_behind_proxy: config.behind_proxy,
            has_secure_cookies: is_secure,
        },
    };
    Ok((state, live))
}

fn workers(config: &Config) -> usize {
    config.workers.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1)
}

/// How many passwords of strangers are hashed at a time: on half of the processors, so that the others answer
/// whatever is guessed.
fn hashers(config: &Config) -> usize {
    (workers(config) / 2).max(1)
}

async fn serve(
    config: &Config,
    listeners: Vec<TcpListener>,
    tls: Option<Tls>,
    state: State,
    live: LiveService,
    demo: Demo,
) -> Result<(), Failure> {
    let bound: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let desk = Arc::clone(&state.desk);
    desk.dispatch_all().await.map_err(|error| Failure::new(error.to_string()))?;
    let failed = |error: std::io::Error| Failure::new(format!("serving: {error}"));
    let attachments = Arc::clone(&state.attachments);
    let endpoints = live.endpoints.clone();
    let workers = workers(config);
    let threads = Threads { workers, connections_per_worker: limits::connections_per_worker(workers) };
    let encryption = tls.as_ref().map(Tls::config).transpose()?;
    let server = support_http::serve(
        Data::new(state),
        listeners,
        encryption.as_ref(),
        threads,
        move |app| endpoints.configure(app),
        support_socketio::tcp::remember,
    );
    let server = server.map_err(failed)?;
    rt::spawn(Arc::clone(&live.gateway).run());
    rt::spawn(attachments::collect_hourly(attachments));
    rt::spawn(stop_when_told(server.handle(), live)?);
    let scheme = if tls.is_some() { "https" } else { "http" };
    if let Some(tls) = tls {
        rt::spawn(tls.reload_when_told()?);
    }
    announce(scheme, &bound, &demo).map_err(|error| Failure::new(format!("standard output: {error}")))?;
    tracing::info!(addresses = %list(&bound), "serving");
    server.await.map_err(failed)?;
    tracing::info!("stopped");
    Ok(())
}

/// Ends the service at SIGTERM or SIGINT: no more connections are taken, requests in flight are finished, and
/// the sockets are closed.
fn stop_when_told(server: ServerHandle, live: LiveService) -> Result<impl Future<Output = ()>, Failure> {
    let listen = |kind| signal(kind).map_err(|error| Failure::new(format!("signals: {error}")));
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        tokio::join!(live.close(), server.stop(true));
    })
}

/// Takes the addresses before anything else is done, so that a second server does not touch the first one's
/// database.
fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, Failure> {
    let listen = |address: &SocketAddr| {
        TcpListener::bind(address)
            .map_err(|error| Failure::new(format!("cannot listen on {address}: {error}")))
    };
    addresses.iter().map(listen).collect()
}

/// Says on standard output where the service is, and who can log in.
fn announce(scheme: &str, bound: &[SocketAddr], demo: &Demo) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for address in bound {
        writeln!(out, "listening on {scheme}://{address}")?;
    }
    match demo {
        Demo::Loaded(logins) => {
            writeln!(out, "demo logins, all with the password {}", logins.password())?;
            for (role, email) in &logins.accounts {
                writeln!(out, "  {role:<9} {email}")?;
            }
        }
        Demo::AlreadyFilled => writeln!(out, "the database is not empty: the demo data was not loaded")?,
        Demo::NotAsked => {}
    }
    if let Some(address) = bound.first() {
        writeln!(out, "interactive documentation: {scheme}://{address}/docs")?;
    }
    out.flush()
}

fn list(addresses: &[SocketAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
