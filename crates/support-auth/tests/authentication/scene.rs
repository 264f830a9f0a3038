//! Somebody to authenticate, and somebody who counts their attempts.

use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use support_auth::memory::MemoryAuthStore;
use support_auth::port::IdentityProvider;
use support_auth::{
    AccessTokenSettings, AccessTokens, AccountAdministration, Attempt, AttemptGuard, Authentication,
    AuthenticationDeps, Code, Credentials, Error, Factor, Lifetimes, Password, Passwords, ProviderSignIn,
    TokenPair, Verdict, hash_password,
};
use support_domain::actor::Actor;
use support_domain::entity::User;
use support_domain::id::UserId;
use support_domain::memory::{ManualClock, MemoryStore, SequentialIds};
use support_domain::port::Store;
use support_domain::time::{Clock, Timestamp};
use support_domain::value::{EmailAddress, PasswordHash, PersonName, Role};
use uuid::Uuid;

pub(crate) const EMAIL: &str = "lou@desk.example";
pub(crate) const PASSWORD: &str = "correct horse";

/// A desk with Lou, an agent who has a password.
pub(crate) struct Scene {
    pub(crate) authentication: Authentication,
    pub(crate) clock: Arc<ManualClock>,
    desk: Arc<MemoryStore>,
    store: Arc<MemoryAuthStore>,
}

/// What sets one scene apart from others.
#[derive(Default)]
pub(crate) struct Setup {
    /// The hash of Lou's password; one of today's cost unless given.
    pub(crate) stored: Option<PasswordHash>,
    pub(crate) provider: Option<Arc<dyn IdentityProvider>>,
    /// Whether there is no secret to sign tokens with.
    pub(crate) is_without_secret: bool,
}

pub(crate) fn email(address: &str) -> EmailAddress {
    EmailAddress::parse(address).expect("an address")
}

pub(crate) fn password(text: &str) -> Password {
    Password::claim(text).expect("short")
}

pub(crate) fn lou() -> Actor {
    Actor::new(UserId::new(Uuid::from_u128(7)), Role::Agent)
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_micros(1_795_485_600_000_000)));
        let desk = Arc::new(MemoryStore::new());
        let store = Arc::new(MemoryAuthStore::beside(Arc::clone(&desk)));
        let secret = (!setup.is_without_secret).then(|| b"0123456789abcdef0123456789abcdef".to_vec());
        let jwks = Some(include_str!("../../src/access_token/fixtures/jwks.json").to_owned());
        let tokens = AccessTokenSettings { secret, jwks, ..AccessTokenSettings::default() };
        let authentication = Authentication::new(AuthenticationDeps {
            store: Arc::clone(&store) as _,
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SequentialIds::default()),
            tokens: AccessTokens::new(&tokens).expect("usable"),
            passwords: Passwords::new(1).expect("hashing works"),
            sign_in: setup.provider.map(|provider| ProviderSignIn::new(provider, [7; 32])),
            lifetimes: Lifetimes::default(),
        });
        let scene = Self { authentication, clock, desk, store };
        let hash = setup.stored.unwrap_or_else(|| hash_password(&password(PASSWORD)).expect("hashed"));
        scene.join(lou(), EMAIL, Some(hash)).await;
        scene
    }

    /// Adds a user to the desk.
    pub(crate) async fn join(&self, actor: Actor, address: &str, password: Option<PasswordHash>) {
        let user = User {
            id: actor.id,
            role: actor.role,
            name: PersonName::known("Lou"),
            email: Some(email(address)),
            phone: None,
            password,
            created_at: self.clock.now(),
        };
        let added = self.desk.write(Box::new(move |tx| Ok(tx.users().insert(&user)?)));
        added.await.expect("the desk adds users");
    }

    /// What administrators do.
    pub(crate) fn administration(&self) -> AccountAdministration {
        let clock = Arc::clone(&self.clock);
        AccountAdministration::new(Arc::clone(&self.store) as _, clock, Arc::new(SequentialIds::default()))
    }

    /// Lou's stored hash.
    pub(crate) fn stored(&self) -> PasswordHash {
        let user = self.desk.with_users(|users| users.find(lou().id).cloned());
        user.and_then(|user| user.password).expect("a password")
    }

    pub(crate) async fn log_in(&self, code: Option<&str>, guard: &Recorder) -> Result<TokenPair, Error> {
        self.log_in_with(PASSWORD, code, guard).await
    }

    pub(crate) async fn log_in_with(
        &self,
        text: &str,
        code: Option<&str>,
        guard: &Recorder,
    ) -> Result<TokenPair, Error> {
        let code = code.map(|code| Code::claim(code).expect("short"));
        let credentials = Credentials { email: email(EMAIL), password: password(text), code };
        self.authentication.log_in(credentials, guard).await
    }

    /// The code that a device with this secret shows `steps` of 30 seconds from now (RFC 6238).
    pub(crate) fn code(&self, secret: &str, steps: i64) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let place = |letter| ALPHABET.iter().position(|other| *other == letter).expect("base32") as u128;
        let bytes: Vec<u8> = secret
            .as_bytes()
            .chunks(8)
            .flat_map(|group| {
                let number = group.iter().fold(0, |number, letter| number << 5 | place(*letter));
                number.to_be_bytes()[11..].to_vec()
            })
            .collect();
        let step = self.clock.now().as_micros() / 30_000_000 + steps;
        let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&bytes).expect("any key");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = usize::from(hash[19] & 15);
        let number = u32::from_be_bytes(hash[offset..offset + 4].try_into().expect("four bytes"));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

/// Lets through as many attempts as it is told, and remembers what became of them.
#[derive(Clone, Default)]
pub(crate) struct Recorder {
    refused: Option<Factor>,
    seen: Arc<Mutex<Vec<(Factor, String, Verdict)>>>,
}

impl Recorder {
    /// One that lets no attempt on a factor through.
    pub(crate) fn refusing(factor: Factor) -> Self {
        Self { refused: Some(factor), ..Self::default() }
    }

    /// What became of the attempts since the last time, in the order in which they ended.
    pub(crate) fn take(&self) -> Vec<(Factor, String, Verdict)> {
        std::mem::take(&mut *self.seen.lock().expect("unharmed"))
    }
}

impl AttemptGuard for Recorder {
    type Attempt = Recorded;

    fn admit(&self, factor: Factor, account: &str) -> Result<Recorded, Error> {
        if self.refused == Some(factor) {
            return Err(Error::TooManyAttempts { retry_after: 9 });
        }
        Ok(Recorded { guard: self.clone(), factor, account: account.to_owned() })
    }
}

pub(crate) struct Recorded {
    guard: Recorder,
    factor: Factor,
    account: String,
}

impl Attempt for Recorded {
    fn is_known(&self) -> bool {
        false
    }

    fn settle(self, verdict: Verdict) {
        self.guard.seen.lock().expect("unharmed").push((self.factor, self.account, verdict));
    }
}
