//! Several texts as one sequence of bytes: for each a byte 0 for none, or a byte 1, its length (32 bits,
//! big-endian) and its UTF-8 bytes.

use zeroize::Zeroizing;

/// The bytes of `texts`.
pub(super) fn encode(texts: &[Option<&str>]) -> Zeroizing<Vec<u8>> {
    let length = texts.iter().flatten().map(|text| text.len() + 5).sum::<usize>() + texts.len();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    for text in texts {
        match text {
            None => bytes.push(0),
            Some(text) => {
                // No text here has 4 GiB: the domain's are bounded.
                let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                bytes.push(1);
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }
    bytes
}

/// The `N` texts of `bytes`; `None` if it is not exactly so many.
pub(super) fn decode<const N: usize>(mut bytes: &[u8]) -> Option<[Option<String>; N]> {
    let mut texts = [const { None }; N];
    for text in &mut texts {
        let (tag, rest) = bytes.split_first()?;
        bytes = rest;
        match tag {
            0 => {}
            1 => {
                let (length, rest) = bytes.split_first_chunk::<4>()?;
                let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
                let (own, rest) = rest.split_at_checked(length)?;
                *text = Some(std::str::from_utf8(own).ok()?.to_owned());
                bytes = rest;
            }
            _ => return None,
        }
    }
    bytes.is_empty().then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        let bytes = encode(&[Some("größer"), None, Some("")]);
        let expected = [Some("größer".to_owned()), None, Some(String::new())];
        assert_eq!(decode::<3>(&bytes), Some(expected));
        assert_eq!(decode::<2>(&bytes), None, "fewer");
        assert_eq!(decode::<4>(&bytes), None, "more");
        for length in 0..bytes.len() {
            assert_eq!(decode::<3>(&bytes[..length]), None, "{length} bytes");
        }
        assert_eq!(decode::<1>(&[1, 0, 0, 0, 1, 0xff]), None, "not UTF-8");
        assert_eq!(decode::<1>(&[2]), None, "neither none nor some");
    }
}
