//! The program: one room on `actix_ws::handle`, with a [`Session`] for each member and [`Session::text`] for
//! each message to each of them, as in the chat that actix-ws has for an example.
//!
//! Heartbeats and the limit of a frame are those of the real server. It checks nobody, keeps nothing durable
//! and has one room. The texts come from its standard input, a line each and an empty one at the end; it
//! stops when that input is closed.
//!
//! - `GET /ws` enters the room.
//! - `POST /messages` sends the next text to everybody in it and returns its sequence, from 1 on.
//! - `GET /members` returns how many are in the room.

use std::io::{self, BufRead, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::error::ErrorGone;
use actix_web::web::{self, Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt};
use actix_ws::{Message, MessageStream, Session};
use bytestring::ByteString;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval};

use crate::failure::{Failure, Result};

/// Those of the real server (`docs/contract.md`, section 4.5).
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
const MAX_FRAME: usize = 64 * 1024;

struct Room {
    texts: Vec<ByteString>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sent: usize,
    entered: u64,
    members: Vec<(u64, Session)>,
}

impl Room {
    async fn enter(&self, session: Session) -> u64 {
        let mut state = self.state.lock().await;
        state.entered += 1;
        let member = state.entered;
        state.members.push((member, session));
        member
    }

    async fn leave(&self, member: u64) {
        self.state.lock().await.members.retain(|(known, _)| *known != member);
    }

    /// Sends the next text to all. The lock is held meanwhile, so that all get the texts in the same order.
    async fn send_next(&self) -> Option<usize> {
        let mut state = self.state.lock().await;
        let text = self.texts.get(state.sent)?;
        state.sent += 1;
        for (_, session) in &mut state.members {
            // A session that is closed is removed by its own task.
            let _ = session.text(text.clone()).await;
        }
        Some(state.sent)
    }
}

/// Serves until the standard input is closed. The address is printed first.
pub(crate) fn serve() -> Result<()> {
    let mut input = io::stdin().lock();
    let mut texts = Vec::new();
    for line in input.by_ref().lines() {
        match line? {
            line if line.is_empty() => break,
            line => texts.push(line.into()),
        }
    }
    drop(input);
    let room = Data::new(Room { texts, state: Mutex::default() });
    rt::System::new().block_on(async move {
        let application = move || {
            App::new()
                .app_data(room.clone())
                .route("/ws", web::get().to(enter))
                .route("/messages", web::post().to(send))
                .route("/members", web::get().to(members))
        };
        let server = HttpServer::new(application)
            .tcp_nodelay(true)
            .shutdown_timeout(1)
            .disable_signals()
            .bind("127.0.0.1:0")?;
        let address = server.addrs().first().copied().ok_or_else(|| Failure::new("no address"))?;
        writeln!(io::stdout(), "{address}")?;
        let server = server.run();
        let handle = server.handle();
        thread::spawn(move || {
            // Whether it ends or fails, nobody is there any more.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            rt::System::new().block_on(handle.stop(false));
        });
        Ok(server.await?)
    })
}

async fn enter(room: Data<Room>, request: HttpRequest, payload: Payload) -> actix_web::Result<HttpResponse> {
    let (response, session, messages) = actix_ws::handle(&request, payload)?;
    let member = room.enter(session.clone()).await;
    rt::spawn(async move {
        attend(session, messages.max_frame_size(MAX_FRAME)).await;
        room.leave(member).await;
    });
    Ok(response)
}

/// Keeps a connection alive, and reads what its client says, until one of both is over.
async fn attend(mut session: Session, mut messages: MessageStream) {
    let mut heard = Instant::now();
    let mut heartbeat = interval(PING_INTERVAL);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.tick().await;
    loop {
        tokio::select! {
            message = messages.recv() => match message {
                Some(Ok(Message::Ping(payload))) => {
                    heard = Instant::now();
                    if session.pong(&payload).await.is_err() {
                        return;
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => heard = Instant::now(),
            },
            _ = heartbeat.tick() => {
                if heard.elapsed() > PING_INTERVAL + PING_TIMEOUT {
                    break;
                }
                if session.ping(b"").await.is_err() {
                    return;
                }
            }
        }
    }
    // A session that is closed already needs no close frame.
    let _ = session.close(None).await;
}

async fn send(room: Data<Room>) -> actix_web::Result<HttpResponse> {
    let sequence = room.send_next().await.ok_or_else(|| ErrorGone("no text is left"))?;
    Ok(HttpResponse::Created().json(json!({ "sequence": sequence })))
}

async fn members(room: Data<Room>) -> HttpResponse {
    HttpResponse::Ok().json(room.state.lock().await.members.len())
}
