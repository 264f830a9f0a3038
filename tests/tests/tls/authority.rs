//! A certificate authority of the test's own, made with the `openssl` program: a root, and one below it that
//! signs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use support_tests::program::run;
use tempfile::TempDir;

/// Without it `openssl req` reads the system's settings, which add extensions of their own.
const SETTINGS: &str = "[req]\ndistinguished_name = name\n[name]\n";
/// What every certificate here needs: a new key on P-256, not encrypted, and a life of days.
const NEW: [&str; 11] = [
    "req",
    "-x509",
    "-config",
    "settings.cnf",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
];

/// The authority with what it has issued. Dropping it removes all of it.
pub(crate) struct Authority {
    directory: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let authority = Self { directory: tempfile::tempdir().unwrap() };
        fs::write(authority.path("settings.cnf"), SETTINGS).unwrap();
        let may_sign =
            ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"];
        authority.make("root", &may_sign);
        authority.make("below", &[&may_sign[..], &["-CA", "root.pem", "-CAkey", "root.key"]].concat());
        authority
    }

    /// A file of its directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A file of its directory, as text for a setting or an argument.
    pub(crate) fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// The root's certificate, which clients are to trust.
    pub(crate) fn root(&self) -> String {
        self.at("root.pem")
    }

    /// Issues a certificate to a server on this machine: `NAME.pem` with the one that signed it, and
    /// `NAME.key`.
    pub(crate) fn issue(&self, name: &str) {
        let extensions = [
            ["-addext", "basicConstraints=critical,CA:FALSE"],
            ["-addext", "extendedKeyUsage=serverAuth"],
            ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
            ["-CA", "below.pem"],
            ["-CAkey", "below.key"],
        ];
        self.make(name, &extensions.concat());
        let chain = [name, "below"].map(|one| fs::read_to_string(self.path(&format!("{one}.pem"))).unwrap());
        fs::write(self.path(&format!("{name}.pem")), chain.concat()).unwrap();
    }

    /// Issues a certificate as `served.pem` and `served.key`, in the place of the one that was there.
    pub(crate) fn serve(&self, name: &str) {
        self.issue(name);
        for kind in ["pem", "key"] {
            fs::copy(self.path(&format!("{name}.{kind}")), self.path(&format!("served.{kind}"))).unwrap();
        }
    }

    /// Runs `openssl`, which must succeed, in its directory.
    #[track_caller]
    pub(crate) fn openssl(&self, arguments: &[&str]) {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.directory.path());
        let ended = run(command, "");
        assert_eq!(ended.code, Some(0), "openssl {arguments:?}: {}", ended.stderr);
    }

    fn make(&self, name: &str, more: &[&str]) {
        let (subject, key, certificate) =
            (format!("/CN={name}"), format!("{name}.key"), format!("{name}.pem"));
        let own = ["-subj", &subject, "-keyout", &key, "-out", &certificate];
        self.openssl(&[&NEW, &own[..], more].concat());
    }
}
