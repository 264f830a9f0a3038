//! One-time passwords by time: TOTP (RFC 6238) over HOTP (RFC 4226) with what every authenticator app knows:
//! SHA-1, six digits, steps of 30 seconds.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha1::Sha1;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use support_domain::time::Timestamp;
use zeroize::Zeroizing;

use crate::base32::base32;
use crate::second_factor::TotpSecret;

/// The seconds of a time step (RFC 6238, section 4.1).
const STEP_SECONDS: i64 = 30;
/// The digits of a code.
pub(crate) const DIGITS: usize = 6;
/// How many steps a device's clock may be behind or ahead (RFC 6238, section 5.2).
const WINDOW: i64 = 1;
/// Who the account is with, as apps show it.
const ISSUER: &str = "Support System";

/// Draws the secret of a factor.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn draw_secret() -> Result<TotpSecret, SysError> {
    let mut bytes = Zeroizing::new([0_u8; TotpSecret::LENGTH]);
    SysRng.try_fill_bytes(bytes.as_mut_slice())?;
    Ok(TotpSecret::new(*bytes))
}

/// The secret in base32, as people type it into an app.
pub(crate) fn written(secret: &TotpSecret) -> String {
    base32(secret.as_bytes())
}

/// The secret as the address that apps read from a QR code (Key Uri Format of Google Authenticator).
pub(crate) fn uri(secret: &TotpSecret, account: &str) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let issuer = encode(ISSUER);
    format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
        encode(account),
        written(secret),
    )
}

/// The latest step around `now` of which `typed` is the code. Every step is compared, in the same time
/// whatever matches.
pub(crate) fn matching_step(secret: &TotpSecret, typed: &str, now: Timestamp) -> Option<i64> {
    let current = now.as_micros().div_euclid(1_000_000 * STEP_SECONDS);
    let mut found = (Choice::from(0), 0_i64);
    for step in current - WINDOW..=current + WINDOW {
        let is_match = code(secret, step)?.as_bytes().ct_eq(typed.as_bytes());
        found.1.conditional_assign(&step, is_match);
        found.0 |= is_match;
    }
    bool::from(found.0).then_some(found.1)
}

/// The code of a step (RFC 4226, section 5.3); `None` before the Unix epoch.
fn code(secret: &TotpSecret, step: i64) -> Option<Zeroizing<String>> {
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(&u64::try_from(step).ok()?.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let offset = usize::from(hash.last()? & 0x0f);
    let bytes: [u8; 4] = hash.get(offset..offset + 4)?.try_into().ok()?;
    let number = (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000;
    Some(Zeroizing::new(format!("{number:0DIGITS$}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 6238 (appendix B) and RFC 4226 (appendix D).
    fn secret() -> TotpSecret {
        TotpSecret::new(*b"12345678901234567890")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // The last six of the eight digits that the RFC prints.
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, expected) in vectors {
            let step = seconds / STEP_SECONDS;
            assert_eq!(code(&secret(), step).expect("a code").as_str(), expected, "{seconds}");
            assert_eq!(matching_step(&secret(), expected, at(seconds)), Some(step));
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        let vectors = ["755224", "287082", "359152", "969429", "338314", "254676", "287922"];
        for (counter, expected) in (0..).zip(vectors) {
            assert_eq!(code(&secret(), counter).expect("a code").as_str(), expected, "{counter}");
        }
        assert!(code(&secret(), -1).is_none());
    }

    #[test]
    fn a_clock_may_be_one_step_off() {
        let typed = code(&secret(), 1_000).expect("a code");
        let step_at = |seconds| matching_step(&secret(), &typed, at(seconds));
        assert_eq!(step_at(30 * 999 - 1), None);
        assert_eq!(step_at(30 * 999), Some(1_000));
        assert_eq!(step_at(30 * 1_002 - 1), Some(1_000));
        assert_eq!(step_at(30 * 1_002), None);
    }

    #[test]
    fn apps_are_told_everything() {
        assert_eq!(written(&secret()), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            uri(&secret(), "ada@desk.example"),
            "otpauth://totp/Support%20System:ada%40desk%2Eexample?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Support%20System&algorithm=SHA1&digits=6&period=30"
        );
    }
}
