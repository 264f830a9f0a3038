use proptest::prelude::*;

use super::*;

/// A packet in a form that is easy to compare.
fn read(text: &str) -> Result<String, Malformed> {
    let join = |args: &[&RawValue]| args.iter().map(|arg| arg.get()).collect::<Vec<_>>().join("|");
    Packet::of_text(text, 10).map(|packet| match packet {
        Packet::Connect { namespace, auth } => {
            format!("connect {namespace} {}", auth.map_or("-", RawValue::get))
        }
        Packet::Disconnect { namespace } => format!("disconnect {namespace}"),
        Packet::Event { namespace, event, ack, attachments } => {
            format!("event {namespace} {} {} {ack:?} {attachments}", event.name, join(&event.args))
        }
        Packet::Ack { namespace, attachments } => format!("ack {namespace} {attachments}"),
    })
}

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn text(frame: &Frame) -> String {
    String::from_utf8(frame.payload().to_vec()).unwrap()
}

#[test]
fn packets_of_the_protocol_document_are_read() {
    for (packet, expected) in [
        ("0", "connect / -"),
        ("0{\"token\":\"123\"}", "connect / {\"token\":\"123\"}"),
        ("0/admin,{\"token\":\"123\"}", "connect /admin {\"token\":\"123\"}"),
        ("0/admin,", "connect /admin -"),
        ("0/admin", "connect /admin -"),
        ("1", "disconnect /"),
        ("1/admin,", "disconnect /admin"),
        ("2[\"foo\"]", "event / foo  None 0"),
        ("2/admin,[\"bar\"]", "event /admin bar  None 0"),
        ("212[\"foo\"]", "event / foo  Some(12) 0"),
        ("2/admin,456[\"project:delete\",123]", "event /admin project:delete 123 Some(456) 0"),
        ("2[1e400]", "event / 1e400  None 0"),
        ("2[7,{ \"a\": 1.50 }]", "event / 7 { \"a\": 1.50 } None 0"),
        ("3/admin,456[]", "ack /admin 0"),
        (
            "51-[\"baz\",{\"_placeholder\":true,\"num\":0}]",
            "event / baz {\"_placeholder\":true,\"num\":0} None 1",
        ),
        (
            "52-/admin,7[\"baz\",[{\"_placeholder\":true,\"num\":1}]]",
            "event /admin baz [{\"_placeholder\":true,\"num\":1}] Some(7) 2",
        ),
        ("61-/admin,456[{\"_placeholder\":true,\"num\":0}]", "ack /admin 1"),
    ] {
        assert_eq!(read(packet).as_deref(), Ok(expected), "{packet}");
    }
}

#[test]
fn what_is_no_packet_is_refused() {
    for packet in [
        "",
        "7",
        "a",
        "-1",
        "0[]",
        "0\"x\"",
        "0{",
        "0null",
        "1{}",
        "1/admin,{}",
        "07",
        "17",
        "2",
        "2{}",
        "2[]",
        "2[null]",
        "2[{}]",
        "2[true]",
        "2[\"a\"",
        "2[\"a\"]x",
        "2\"a\"",
        "2/admin",
        "3",
        "3{}",
        "3\"a\"",
        "4",
        "4{\"message\":\"x\"}",
        "5[\"a\"]",
        "50-[\"a\"]",
        "60-[]",
        "5-[\"a\"]",
        "5a-[\"a\"]",
        "51[\"a\"]",
        "511-[\"a\"]",
        "5-1-[\"a\"]",
        "61-",
        "51-{}",
        "299999999999999999999[\"a\"]",
        "51-[\"a\",{\"_placeholder\":true,\"num\":1}]",
        "51-[\"a\",{\"_placeholder\":true,\"num\":-1}]",
        "51-[\"a\",{\"_placeholder\":true}]",
        "51-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
    ] {
        assert_eq!(read(packet), Err(Malformed), "{packet}");
    }
    for name in RESERVED {
        assert_eq!(read(&format!("2[\"{name}\"]")), Err(Malformed), "{name}");
    }
}

#[test]
fn packets_are_written_as_in_the_protocol_document() {
    assert_eq!(text(&connected("/", "x")), "40{\"sid\":\"x\"}");
    assert_eq!(text(&connected("/admin", "x")), "40/admin,{\"sid\":\"x\"}");
    assert_eq!(text(&refused("/x", "Invalid namespace", None)), "44/x,{\"message\":\"Invalid namespace\"}");
    assert_eq!(
        text(&refused("/", "no\"", Some(&raw("{\"a\":1}")))),
        "44{\"message\":\"no\\\"\",\"data\":{\"a\":1}}"
    );
    assert_eq!(text(&disconnected("/")), "41");
    assert_eq!(text(&disconnected("/admin")), "41/admin,");
    assert_eq!(text(&event("/", "foo", &[], 0)), "42[\"foo\"]");
    assert_eq!(text(&event("/admin", "bar", &[&raw("1"), &raw("{}")], 2)), "452-/admin,[\"bar\",1,{}]");
    assert_eq!(text(&ack("/", 12, &[], 0)), "4312[]");
    assert_eq!(text(&ack("/admin", 0, &[&raw("1"), &raw("\"a\"")], 1)), "461-/admin,0[1,\"a\"]");
}

proptest! {
    #[test]
    fn an_event_is_read_as_it_was_written(
        namespace in "/[a-z/]{0,10}",
        name in any::<String>(),
        arg in any::<String>(),
        attachments in 0_usize..=10,
    ) {
        prop_assume!(!RESERVED.contains(&name.as_str()));
        let arg = raw(&quoted(&arg));
        let written = text(&event(&namespace, &name, &[&arg], attachments));
        match Packet::of_text(&written[1..], 10) {
            Ok(Packet::Event { namespace: read, event, ack: None, attachments: count }) => {
                prop_assert_eq!(read, namespace);
                prop_assert_eq!(event.name, name);
                prop_assert_eq!(event.args.iter().map(|arg| arg.get()).collect::<Vec<_>>(), vec![arg.get()]);
                prop_assert_eq!(count, attachments);
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn no_text_breaks_it(text in any::<String>(), kind in "[0-6]", middle in "[0-9/,\\-]{0,6}", json in "[\\[\\]{}\":,a0]{0,12}") {
        let _ = read(&text);
        let _ = read(&format!("{kind}{middle}{json}"));
    }
}
