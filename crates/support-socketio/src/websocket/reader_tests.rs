use proptest::prelude::*;

use super::*;

const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// A client's frame: its first byte, then the length in the shortest form, the mask and the masked payload.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | u8::try_from(length).unwrap()),
        length @ 126..65_536 => {
            frame.push(0xFE);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            frame.push(0xFF);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// Everything that a reader makes of these pieces, up to the first violation.
fn read_all<'a>(limit: usize, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Item>, Option<Violation>) {
    let mut reader = Reader::new(limit);
    let mut items = Vec::new();
    for piece in pieces {
        let mut input = Bytes::copy_from_slice(piece);
        loop {
            match reader.read(&mut input) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(violation) => return (items, Some(violation)),
            }
        }
        assert!(reader.message.len() <= limit, "more was kept than the limit");
    }
    (items, None)
}

fn read(limit: usize, bytes: &[u8]) -> (Vec<Item>, Option<Violation>) {
    read_all(limit, [bytes])
}

fn text(payload: &str) -> Item {
    Item::Message(Message::Text(payload.to_owned()))
}

fn violation(bytes: &[u8]) -> u16 {
    read(1_000, bytes).1.expect("a violation").code()
}

#[test]
fn the_masked_hello_of_the_rfc_is_read() {
    let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(read(5, &bytes), (vec![text("Hello")], None));
}

#[test]
fn pieces_of_a_message_are_put_together_around_control_frames() {
    let bytes = [masked(0x01, b"Hel"), masked(0x89, b"?"), masked(0x00, b""), masked(0x80, b"lo")].concat();
    assert_eq!(read(5, &bytes), (vec![Item::Ping(b"?".to_vec()), text("Hello")], None));
}

#[test]
fn a_claimed_length_beyond_the_limit_is_refused_before_the_payload_comes() {
    let gibibyte = [&[0x82, 0xFF][..], &(1_u64 << 30).to_be_bytes()].concat();
    assert_eq!(read(1_000, &gibibyte), (vec![], Some(Violation::TooBig)));
    assert_eq!(read(1_000, &[0x82, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0]).1, Some(Violation::TooBig));
    assert_eq!(read(1_000, &[0x81, 0xFE, 0x03, 0xE9]).1, Some(Violation::TooBig));
    assert_eq!(read(1_000, &masked(0x82, &[0; 1_000])).1, None);
}

#[test]
fn the_pieces_of_a_message_count_together() {
    let bytes = [masked(0x02, &[0; 600]), masked(0x00, &[0; 400]), masked(0x80, &[])].concat();
    assert_eq!(read(1_000, &bytes).1, None);
    let bytes = [masked(0x02, &[0; 600]), masked(0x00, &[0; 401])].concat();
    assert_eq!(read(1_000, &bytes).1, Some(Violation::TooBig));
}

#[test]
fn what_breaks_the_protocol_is_1002() {
    assert_eq!(violation(&[0x81, 0x05]), 1_002, "not masked");
    assert_eq!(violation(&[0xC1]), 1_002, "a reserved bit");
    for opcode in [0x3, 0x7, 0xB, 0xF] {
        assert_eq!(violation(&[0x80 | opcode]), 1_002, "opcode {opcode}");
    }
    assert_eq!(violation(&[0x89, 0xFE]), 1_002, "a long control frame");
    assert_eq!(violation(&[0x09]), 1_002, "a control frame in pieces");
    assert_eq!(violation(&[0x80]), 1_002, "a continuation of nothing");
    assert_eq!(violation(&[masked(0x01, b"a"), vec![0x81]].concat()), 1_002, "a message within another");
}

#[test]
fn a_text_that_is_not_utf8_is_1007() {
    assert_eq!(violation(&masked(0x81, b"\xFF")), 1_007);
    let split = [masked(0x01, &"ä".as_bytes()[..1]), masked(0x80, &"ä".as_bytes()[1..])].concat();
    assert_eq!(read(10, &split), (vec![text("ä")], None));
}

#[test]
fn close_frames_are_checked() {
    let with = |payload: &[u8]| read(1_000, &masked(0x88, payload));
    assert_eq!(with(b"").0, [Item::Close(None)]);
    assert_eq!(with(b"\x03\xE8bye").0, [Item::Close(Some(1_000))]);
    assert_eq!(with(&4_401_u16.to_be_bytes()).0, [Item::Close(Some(4_401))]);
    assert_eq!(violation(&masked(0x88, b"\x03")), 1_002);
    for code in [0_u16, 999, 1_004, 1_005, 1_006, 1_015, 2_999, 5_000] {
        assert_eq!(violation(&masked(0x88, &code.to_be_bytes())), 1_002, "{code}");
    }
    assert_eq!(violation(&masked(0x88, b"\x03\xE8\xFF")), 1_007);
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let first = prop::sample::select(vec![0x01_u8, 0x02, 0x00, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A]);
    let payload = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..10),
        "[a-zä]{0,60}".prop_map(String::into_bytes),
        prop::collection::vec(Just(b'x'), 120..300),
    ];
    let frame = (first, payload).prop_map(|(first, payload)| masked(first, &payload));
    prop::collection::vec(frame, 0..8).prop_map(|frames| frames.concat())
}

proptest! {
    #[test]
    fn it_does_not_matter_how_bytes_are_cut(bytes in frames(), cuts in prop::collection::vec(1_usize..40, 1..20)) {
        let whole = read(400, &bytes);
        let mut rest = bytes.as_slice();
        let mut pieces = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() { break }
            let (piece, remaining) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = remaining;
        }
        prop_assert_eq!(read_all(400, pieces), whole);
    }

    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read(64, &bytes);
    }

    #[test]
    fn what_was_masked_is_read_back(payload in prop::collection::vec(any::<u8>(), 0..70_000)) {
        let (items, violation) = read(70_000, &masked(0x82, &payload));
        prop_assert_eq!(violation, None);
        prop_assert_eq!(items, vec![Item::Message(Message::Binary(payload.into()))]);
    }
}
