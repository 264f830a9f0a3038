//! One type for each kind of id, so that they cannot be confused.

use uuid::Uuid;

/// Makes ids: UUID v7 (RFC 9562), ascending with time. A port, so that tests can predict them.
pub trait IdSource: Send + Sync {
    /// A fresh id.
    fn next_id(&self) -> Uuid;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to name this kind of thing.
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// A fresh id from `source`.
            #[must_use]
            pub fn generate(source: &dyn IdSource) -> Self {
                Self(source.next_id())
            }

            /// Reads the hyphenated form; `None` for anything else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten().map(Self)
            }

            /// The UUID itself.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    )+};
}

ids! {
    /// Names a ticket.
    TicketId,
    /// Names a user: a customer, an agent or an administrator.
    UserId,
    /// Names a support agent. It is the id of the agent's user as well.
    AgentId,
    /// Names a department.
    DepartmentId,
    /// Names a chat message.
    MessageId,
    /// Names an entry of a ticket's history.
    HistoryEntryId,
    /// Names an uploaded file.
    AttachmentId,
    /// Names an in-app notification.
    NotificationId,
    /// Names a delivery that waits in the outbox.
    OutboxId,
}

impl UserId {
    /// The system itself, as the performer of automatic actions: the nil UUID.
    pub const SYSTEM: Self = Self(Uuid::nil());
}

impl From<AgentId> for UserId {
    fn from(id: AgentId) -> Self {
        Self(id.0)
    }
}

impl From<UserId> for AgentId {
    fn from(id: UserId) -> Self {
        Self(id.0)
    }
}
