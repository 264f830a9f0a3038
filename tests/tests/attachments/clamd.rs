//! Uploads under the eyes of a real scanner, with the one signature that every scanner has.

use std::fmt::Write;
use std::fs;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use support_tests::load::wait_until;
use support_tests::testkit::files;
use support_tests::{Answer, Backend, Desk};

use crate::form::{File, png, upload, uploaded};
use crate::scene::{Scene, stored};

/// `clamd`, with a directory of its own.
struct Scanner {
    directory: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl Scanner {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let mut hex = String::new();
        for byte in files::eicar() {
            write!(hex, "{byte:02x}").unwrap();
        }
        fs::create_dir(at("signatures")).unwrap();
        fs::write(at("signatures/test.ndb"), format!("Eicar-Test-Signature:0:*:{hex}\n")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "Foreground yes\nDatabaseDirectory {}\nTemporaryDirectory {}\nLocalSocket {}\nTCPAddr 127.0.0.1\nTCPSocket {port}\n\
             MaxThreads 2\nSelfCheck 0\n",
            at("signatures").display(),
            directory.path().display(),
            at("clamd.ctl").display()
        );
        fs::write(at("clamd.conf"), settings).unwrap();
        let log = fs::File::create(at("clamd.log")).unwrap();
        let mut command = Command::new(program());
        command.arg(format!("--config-file={}", at("clamd.conf").display())).stdin(Stdio::null());
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let scanner = Self { directory, port, child };
        let waited = wait_until("clamd answers", || scanner.answers());
        let log = || fs::read_to_string(scanner.directory.path().join("clamd.log")).unwrap_or_default();
        assert!(waited.is_ok(), "{}", log());
        scanner
    }

    fn answers(&self) -> bool {
        let ping = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.write_all(b"zPING\0")?;
            let mut pong = String::new();
            stream.read_to_string(&mut pong)?;
            Ok(pong)
        };
        ping().is_ok_and(|pong| pong == "PONG\0")
    }

    fn tcp(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    fn unix(&self) -> String {
        format!("unix://{}", self.directory.path().join("clamd.ctl").display())
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Debian puts it where the paths of users do not lead.
fn program() -> PathBuf {
    let known = ["/usr/sbin/clamd", "/usr/bin/clamd", "/usr/local/sbin/clamd"].map(Path::new);
    known.into_iter().find(|path| path.exists()).expect("clamd is installed (`make packages`)").to_owned()
}

#[test]
fn what_the_scanner_finds_is_put_into_quarantine() {
    let mut scanner = Scanner::start();
    for address in [scanner.unix(), scanner.tcp()] {
        let desk =
            Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_CLAMD", address)).unwrap();
        let scene = Scene::set(&desk);
        let eicar = files::eicar();
        let file = File { name: "harmless.txt", claimed: "text/plain", bytes: &eicar };
        let refused = upload(&scene.ann, &scene.ticket, file).refused(422, "attachment_infected");
        assert!(refused["detail"].as_str().unwrap().contains("quarantine"), "{refused}");
        // Within a file as well.
        let hidden = files::docx(&[("word/media/a.txt", eicar.clone())]);
        upload(&scene.ann, &scene.ticket, png("a.docx", &hidden)).refused(422, "attachment_infected");

        let kept = stored(&desk, "attachments/quarantine");
        assert_eq!(kept.len(), 2);
        let sealed: Vec<Vec<u8>> = kept.iter().map(|path| fs::read(path).unwrap()).collect();
        assert!(sealed.iter().any(|bytes| bytes.len() == eicar.len() + 16), "it is kept");
        let is_plain = |bytes: &Vec<u8>| bytes.windows(8).any(|window| window == &eicar[..8]);
        assert!(!sealed.iter().any(is_plain), "sealed, so that nothing here can open it");
        for path in &kept {
            let id = path.file_name().unwrap().to_str().unwrap();
            let url = format!("/support/tickets/{}/attachments/{id}", scene.ticket);
            desk.admin().get(&url).refused(404, "not_found");
            let body = serde_json::json!({ "message": "x", "attachments": [id] });
            scene
                .ann
                .post(&format!("/support/tickets/{}/messages", scene.ticket), &body)
                .refused(422, "validation_failed");
        }
        assert!(desk.server.log().contains("Eicar-Test-Signature"), "the operator is told");
        assert!(!desk.server.log().contains("harmless.txt"), "but not the file's name");

        let clean = uploaded(&scene.ann, &scene.ticket, png("a.png", &files::png_of(9_000_000)));
        assert_eq!(scene.ann.get(clean["url"].as_str().unwrap()).body.len(), 9_000_000);
        assert_eq!(stored(&desk, "attachments/objects").len(), 1);
    }
    drop(scanner.child.kill());
    scanner.child.wait().unwrap();
    // Who is not scanned is not taken.
    for address in [scanner.unix(), scanner.tcp()] {
        let desk =
            Desk::start_with(Backend::Sqlite, |builder| builder.env("SUPPORT_CLAMD", address)).unwrap();
        let scene = Scene::set(&desk);
        let answer = upload(&scene.ann, &scene.ticket, png("a.png", &files::png(b"")));
        answer.refused(503, "unavailable");
        answer.must_have("retry-after");
        assert_eq!(stored(&desk, "attachments/objects").len(), 0);
    }
}
