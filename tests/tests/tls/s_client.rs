//! `openssl s_client`: for one connection, or as a tunnel for clients that do not speak TLS.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use support_tests::live::{Client, Transport};
use support_tests::program::{Ended, run};
use support_tests::{Http, Person};

use crate::authority::Authority;

/// A connection that is made only if the server shows a certificate of the authority's.
fn command(authority: &Authority, server: SocketAddr) -> Command {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &server.to_string(), "-CAfile", &authority.root()]);
    command.args(["-verify_return_error", "-verify_ip", "127.0.0.1"]);
    command
}

/// What is told of a connection that is closed after the handshake.
#[track_caller]
pub(crate) fn shake_hands(authority: &Authority, server: SocketAddr, arguments: &[&str]) -> Ended {
    let mut command = command(authority, server);
    command.args(["-showcerts", "-no_ign_eof"]).args(arguments);
    run(command, "")
}

/// All that the server sends until it closes a connection, on which it is sent `request`.
#[track_caller]
pub(crate) fn exchange(authority: &Authority, server: SocketAddr, request: &str) -> String {
    let mut command = command(authority, server);
    command.args(["-quiet", "-ign_eof"]);
    let ended = run(command, request);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.stdout
}

/// The name on the certificate that the server shows to the next who comes.
#[track_caller]
pub(crate) fn shown(authority: &Authority, server: SocketAddr) -> String {
    let ended = shake_hands(authority, server, &[]);
    let subject = ended.stdout.lines().find_map(|line| line.strip_prefix("subject="));
    // Versions of `openssl` differ in the spaces around the sign.
    let name = subject.and_then(|subject| subject.trim().strip_prefix("CN")?.trim_start().strip_prefix('='));
    name.unwrap_or_else(|| panic!("{ended:?}")).trim().to_owned()
}

/// An address for clients that do not speak TLS: each connection goes on to the server with it. Dropping it
/// cuts them.
pub(crate) struct Tunnel {
    address: SocketAddr,
    connections: Arc<Mutex<Option<Vec<Child>>>>,
    thread: Option<JoinHandle<()>>,
}

impl Tunnel {
    pub(crate) fn to(authority: &Authority, server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(Mutex::new(Some(Vec::new())));
        let mut template = command(authority, server);
        template.args(["-quiet", "-no_ign_eof", "-nocommands"]).stderr(Stdio::null());
        let kept = Arc::clone(&connections);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let mut kept = kept.lock().unwrap();
                let Some(connections) = kept.as_mut() else { return };
                template.stdin(OwnedFd::from(stream.try_clone().unwrap())).stdout(OwnedFd::from(stream));
                connections.push(template.spawn().unwrap());
                // The command would keep the connection open from this side.
                template.stdin(Stdio::null()).stdout(Stdio::null());
            }
        });
        Self { address, connections, thread: Some(thread) }
    }

    /// The same person, who comes through here.
    pub(crate) fn person(&self, person: &Person) -> Person {
        let http = Http::new(&format!("http://{}", self.address));
        Person { id: person.id.clone(), http: http.with_token(person.http.token().unwrap()) }
    }

    /// Lets somebody in by a transport.
    #[track_caller]
    pub(crate) fn enter(&self, transport: Transport, person: &Person) -> Client {
        let mut client = transport.open(self.address, &[]).unwrap();
        client.authenticate(person.http.token()).unwrap();
        client
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        let connections = self.connections.lock().map(|mut connections| connections.take());
        for mut connection in connections.ok().flatten().unwrap_or_default() {
            // Both only fail for a child that has ended and was waited for.
            let _ = connection.kill();
            let _ = connection.wait();
        }
        // Another connection has the thread see that it is over.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}
