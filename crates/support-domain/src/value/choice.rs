//! The closed sets of `docs/specification.md`, section 2, each value with the name that it has there.

/// A word that is none of the known values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {known}")]
pub struct UnknownChoice {
    /// The known values, comma-separated.
    pub known: &'static str,
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident, $known:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value's name in the specification.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value's place in the order of [`Self::ALL`], from 0.
            #[must_use]
            pub const fn rank(self) -> i16 {
                self as i16
            }

            /// The value at a place in the order; `None` beyond its end.
            #[must_use]
            pub fn from_rank(rank: i16) -> Option<Self> {
                Self::ALL.get(usize::try_from(rank).ok()?).copied()
            }

            /// Reads a name in any letter case, with `_` for `-` as well.
            ///
            /// # Errors
            /// [`UnknownChoice`] with the known names.
            pub fn parse(text: &str) -> Result<Self, UnknownChoice> {
                Self::ALL
                    .iter()
                    .find(|value| {
                        let known = value.as_str();
                        known.len() == text.len()
                            && known.bytes().zip(text.bytes()).all(|(a, b)| {
                                a == b.to_ascii_lowercase() || (a == b'-' && b == b'_')
                            })
                    })
                    .copied()
                    .ok_or(UnknownChoice { known: $known })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

choice! {
    /// Where a ticket is in its life (`docs/specification.md`, section 2.1.1).
    Status, "open, in-progress, escalated, resolved, closed" {
        /// Nobody handles it yet.
        Open = "open",
        /// An agent works on it.
        InProgress = "in-progress",
        /// A higher tier works on it.
        Escalated = "escalated",
        /// Done, unless the customer disagrees.
        Resolved = "resolved",
        /// Done for good.
        Closed = "closed",
    }
}

choice! {
    /// How soon a ticket needs attention, least first.
    Priority, "low, medium, high, urgent" {
        /// Non-urgent issues.
        Low = "low",
        /// Standard priority.
        Medium = "medium",
        /// Important issues requiring attention.
        High = "high",
        /// Critical issues requiring immediate response.
        Urgent = "urgent",
    }
}

choice! {
    /// What a ticket is about.
    Category, "technical, billing, account, loan, general, transaction" {
        /// Technical issues and bugs.
        Technical = "technical",
        /// Payment and billing inquiries.
        Billing = "billing",
        /// Account management issues.
        Account = "account",
        /// Loan-related questions.
        Loan = "loan",
        /// General inquiries.
        General = "general",
        /// Transaction-specific issues.
        Transaction = "transaction",
    }
}

choice! {
    /// Whether an agent takes new tickets.
    AgentStatus, "available, busy, away" {
        /// Takes new tickets.
        Available = "available",
        /// At capacity, or not to be given more.
        Busy = "busy",
        /// Temporarily absent.
        Away = "away",
    }
}

choice! {
    /// Who wrote a message.
    SenderType, "customer, agent, system" {
        /// The customer of the ticket.
        Customer = "customer",
        /// Support staff.
        Agent = "agent",
        /// The desk itself.
        System = "system",
    }
}

choice! {
    /// What a user may do (`docs/contract.md`, section 2.7).
    Role, "customer, agent, admin" {
        /// Opens tickets and sees their own.
        Customer = "customer",
        /// Works on the tickets they handle.
        Agent = "agent",
        /// May do everything.
        Admin = "admin",
    }
}

choice! {
    /// A way to reach somebody.
    Channel, "in-app, email, webhook" {
        /// A row in the recipient's list of notifications.
        InApp = "in-app",
        /// An e-mail.
        Email = "email",
        /// A call to the operator's own system.
        Webhook = "webhook",
    }
}

impl Role {
    /// The role in words for people, as in a ticket's history.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::Admin => "administrator",
        }
    }

    /// Agents and administrators.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Agent | Self::Admin)
    }
}

impl Status {
    /// Whether a ticket in this status counts towards its handler's workload.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::InProgress | Self::Escalated)
    }

    /// The name in history texts (`docs/specification.md`, section 2.5.2), such as `IN_PROGRESS`.
    #[must_use]
    pub const fn constant_name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::InProgress => "IN_PROGRESS",
            Self::Escalated => "ESCALATED",
            Self::Resolved => "RESOLVED",
            Self::Closed => "CLOSED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_in_any_case_and_with_underscores() {
        assert_eq!(Status::parse("IN_PROGRESS"), Ok(Status::InProgress));
        assert_eq!(Status::parse("In-Progress"), Ok(Status::InProgress));
        let unknown = Status::parse("inprogress").map_err(|error| error.to_string());
        assert_eq!(unknown, Err("must be one of open, in-progress, escalated, resolved, closed".to_owned()));
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Ok(*status));
            assert_eq!(Status::from_rank(status.rank()), Some(*status));
        }
        assert_eq!(Status::from_rank(5), None);
        assert_eq!(Status::from_rank(-1), None);
    }
}
