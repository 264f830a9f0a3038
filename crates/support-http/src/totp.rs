//! One-time passwords by time: TOTP (RFC 6238) over HOTP (RFC 4226) with what every authenticator app knows:
//! SHA-1, six digits, steps of 30 seconds. And the recovery codes that stand in for a lost device.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use support_api::code::Code;
use support_domain::command::OtpEvidence;
use support_domain::entity::SecondFactor;
use support_domain::time::Timestamp;
use support_domain::value::{RecoveryCodeHash, TotpSecret};
use zeroize::Zeroizing;

/// The seconds of a time step (RFC 6238, section 4.1).
const STEP_SECONDS: i64 = 30;
/// The digits of a code.
const DIGITS: usize = 6;
/// How many steps a device's clock may be behind or ahead (RFC 6238, section 5.2).
const WINDOW: i64 = 1;
/// How many recovery codes a factor comes with.
const RECOVERY_CODES: usize = 10;
/// The random bytes of a recovery code: 80 bits, so that a fast hash will do.
const RECOVERY_BYTES: usize = 10;
/// The characters of each group of a recovery code.
const GROUP: usize = 4;
/// The alphabet of base32 (RFC 4648, section 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
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

/// Draws recovery codes: what their owner is told, and what is kept.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn draw_recovery_codes() -> Result<Vec<(String, RecoveryCodeHash)>, SysError> {
    let draw = || {
        let mut bytes = Zeroizing::new([0_u8; RECOVERY_BYTES]);
        SysRng.try_fill_bytes(bytes.as_mut_slice())?;
        let code = Zeroizing::new(base32(bytes.as_slice()));
        let groups: Vec<String> =
            code.as_bytes().chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        Ok((groups.join("-"), recovery_hash(&code)))
    };
    std::iter::repeat_with(draw).take(RECOVERY_CODES).collect()
}

/// What a code proves at this time. Recovery codes are looked up by their hash.
pub(crate) fn prove(factor: &SecondFactor, code: &Code, now: Timestamp) -> OtpEvidence {
    let typed = code.as_str();
    if typed.len() != DIGITS || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return OtpEvidence::Recovery(recovery_hash(typed));
    }
    match matching_step(&factor.secret, typed, now) {
        Some(step) => OtpEvidence::Step { secret: factor.secret.clone(), step },
        None => OtpEvidence::Wrong,
    }
}

/// The latest step around `now` of which `typed` is the code. Every step is compared, in the same time
/// whatever matches.
fn matching_step(secret: &TotpSecret, typed: &str, now: Timestamp) -> Option<i64> {
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

fn recovery_hash(code: &str) -> RecoveryCodeHash {
    RecoveryCodeHash(Sha256::digest(code.as_bytes()).into())
}

/// Base32 without padding. All that is written here comes in groups of five bytes.
fn base32(bytes: &[u8]) -> String {
    let group = |bytes: &[u8]| {
        let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        (0..8).rev().filter_map(move |place| BASE32.get((number >> (5 * place) & 31) as usize))
    };
    bytes.chunks_exact(5).flat_map(group).map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use support_domain::id::UserId;

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
    fn a_code_is_told_from_a_recovery_code() {
        let factor = SecondFactor::enrol(UserId::SYSTEM, secret(), Timestamp::EPOCH);
        let proof = |typed: &str| prove(&factor, &Code::claim(typed).expect("short"), at(59));
        assert!(matches!(proof("287 082"), OtpEvidence::Step { step: 1, .. }));
        assert!(matches!(proof("287083"), OtpEvidence::Wrong));
        for other in ["28708", "2870820", "٢٨٧٠٨٢", "", "ABCD-EFGH"] {
            assert!(matches!(proof(other), OtpEvidence::Recovery(_)), "{other}");
        }
    }

    #[test]
    fn recovery_codes_are_found_however_they_are_typed() {
        let codes = draw_recovery_codes().expect("drawn");
        assert_eq!(codes.len(), RECOVERY_CODES);
        for (told, hash) in &codes {
            assert_eq!(told.len(), 19, "{told}");
            let typed = Code::claim(&told.to_lowercase().replace('-', " ")).expect("short");
            assert_eq!(recovery_hash(typed.as_str()), *hash);
            assert_eq!(codes.iter().filter(|(other, _)| other == told).count(), 1);
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(written(&secret()), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn apps_are_told_everything() {
        assert_eq!(
            uri(&secret(), "ada@desk.example"),
            "otpauth://totp/Support%20System:ada%40desk%2Eexample?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Support%20System&algorithm=SHA1&digits=6&period=30"
        );
    }
}
