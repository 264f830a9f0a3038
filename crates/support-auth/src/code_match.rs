//! What a code that somebody typed is: one of their device, or perhaps a recovery code.

use support_domain::time::Timestamp;

use crate::code::Code;
use crate::recovery_code;
use crate::second_factor::{RecoveryCodeHash, SecondFactor};
use crate::totp;

/// What a typed code turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CodeMatch {
    /// The device's code of this time step.
    Step(i64),
    /// No code of a device, so perhaps the recovery code that is stored under this hash.
    Recovery(RecoveryCodeHash),
    /// A code of a device, but not of this time.
    None,
}

/// Compares a typed code with the factor at `now`. Which step matches does not show in the time it takes.
pub(crate) fn match_code(factor: &SecondFactor, code: &Code, now: Timestamp) -> CodeMatch {
    let typed = code.as_str();
    if typed.len() != totp::DIGITS || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return CodeMatch::Recovery(recovery_code::hash(code));
    }
    totp::matching_step(&factor.secret, typed, now).map_or(CodeMatch::None, CodeMatch::Step)
}

#[cfg(test)]
mod tests {
    use support_domain::id::UserId;

    use super::*;
    use crate::second_factor::TotpSecret;

    #[test]
    fn a_code_is_told_from_a_recovery_code() {
        // The secret and the code of RFC 6238, appendix B.
        let secret = TotpSecret::new(*b"12345678901234567890");
        let factor = SecondFactor::enrol(UserId::SYSTEM, secret, Timestamp::EPOCH);
        let at = Timestamp::from_micros(59_000_000);
        let matched = |typed: &str| match_code(&factor, &Code::claim(typed).expect("short"), at);
        assert_eq!(matched("287 082"), CodeMatch::Step(1));
        assert_eq!(matched("287083"), CodeMatch::None);
        for other in ["28708", "2870820", "٢٨٧٠٨٢", "", "ABCD-EFGH"] {
            assert!(matches!(matched(other), CodeMatch::Recovery(_)), "{other}");
        }
    }
}
