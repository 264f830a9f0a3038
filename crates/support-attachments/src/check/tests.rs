//! Files of every type as they should be, and what hides in them.

use std::io::Write;

use proptest::prelude::*;
use support_testkit::files::{self, Archive};

use super::*;

fn identified(bytes: &[u8], name: &str) -> Result<Kind, Refused> {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    match identify(&file, bytes.len() as u64, name) {
        Ok(kind) => Ok(kind),
        Err(Error::Refused(refused)) => Err(refused),
        Err(other) => panic!("{other}"),
    }
}

fn with(bytes: &[u8], more: &[u8]) -> Vec<u8> {
    [bytes, more].concat()
}

/// A file of each type whose end its format knows.
fn ended() -> [(Vec<u8>, Kind); 7] {
    [
        (files::png(b""), Kind::Png),
        (files::jpeg(), Kind::Jpeg),
        (files::gif(), Kind::Gif),
        (files::webp(), Kind::WebP),
        (files::pdf("x"), Kind::Pdf),
        (files::docx(&[]), Kind::Docx),
        (files::odt(), Kind::Odt),
    ]
}

#[test]
fn files_are_told_by_their_bytes() {
    for (bytes, kind) in ended() {
        assert_eq!(identified(&bytes, "page.html"), Ok(kind));
    }
    assert_eq!(identified("größe: 漢字\t1\r\n".as_bytes(), "a.txt"), Ok(Kind::Text));
    assert_eq!(identified(b"\xEF\xBB\xBFa;b\n", "a.CSV"), Ok(Kind::Csv));
    // Texts that begin like another format.
    for text in ["BM of 5 < 6 & 7 > 6", "MZ, said he", "1 <a 2", "a <scripted> thing"] {
        assert_eq!(identified(text.as_bytes(), "a"), Ok(Kind::Text), "{text}");
    }
}

#[test]
fn everything_else_is_not_allowed() {
    let mut archive = Archive::default();
    archive.add("a.txt", b"a");
    let plain = archive.finish();
    let cases: [&[u8]; 22] = [
        b"<!DOCTYPE html><html></html>",
        b"  \n<html><body>",
        b"text first <HTML >",
        b"a long story <script>alert(1)</script>",
        b"a <iframe src=x>",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<?xml version=\"1.0\"?><svg/>",
        b"\xEF\xBB\xBF<?xml version=\"1.0\"?>",
        b"#!/bin/sh\necho",
        b"<?php echo 1;",
        b"{\\rtf1\\ansi x}",
        b"%!PS-Adobe-3.0\n",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7FELF\x02\x01\x01\x00",
        b"plain but \x00",
        b"colours \x1B[31m",
        b"not UTF-8: \xE9",
        b"cut off: \xE6\xBC",
        b"\xFF\xFEa\x00",
        b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"Rar!\x1A\x07\x00",
        &plain,
    ];
    for bytes in cases {
        assert_eq!(identified(bytes, "a.png"), Err(Refused::NotAllowed), "{}", bytes.escape_ascii());
    }
}

#[test]
fn nothing_follows_the_end() {
    for (bytes, kind) in ended() {
        let is_archive = matches!(kind, Kind::Docx | Kind::Odt);
        for more in [&b"x"[..], b"<html><script>", b"%PDF-1.7\n", b"MZ\x90\x00", &files::docx(&[])] {
            let refused = identified(&with(&bytes, more), "a").expect_err("refused");
            // Behind an archive, even its kind cannot be told.
            let expected =
                if is_archive { refused == Refused::NotAllowed } else { refused != Refused::NotAllowed };
            assert!(expected || more.starts_with(b"PK"), "{kind}: {refused}");
        }
        let padded = identified(&with(&bytes, b"\r\n\0 "), "a");
        assert_eq!(padded.is_ok(), !is_archive, "{kind}: {padded:?}");
    }
    // Cameras put further images behind the first.
    assert_eq!(identified(&with(&files::jpeg(), &files::jpeg()), "a"), Ok(Kind::Jpeg));
    assert!(identified(&with(&files::jpeg(), &files::gif()), "a").is_err());
}

#[test]
fn nothing_is_missing() {
    for (bytes, kind) in ended() {
        for length in (8..bytes.len()).filter(|length| length % 7 == 0 || bytes.len() - length < 8) {
            let cut = bytes.get(..length).unwrap_or_default();
            let trimmed = cut.len() == bytes.len() - 1 && kind == Kind::Pdf;
            assert!(identified(cut, "a").is_err() || trimmed, "{kind} of {length} bytes");
        }
    }
}

#[test]
fn nothing_hides_inside() {
    let mut end = b"PK\x05\x06".to_vec();
    end.extend([0; 18]);
    let hidden: [(&[u8], &str); 7] = [
        (b"<script>alert(1)</script>", "a web page or a script"),
        (b"<ScRiPt src=x>", "a web page or a script"),
        (b"<!DOCTYPE x", "a web page or a script"),
        (b"<html\t", "a web page or a script"),
        (b"<?php ", "a web page or a script"),
        (b"%PDF-1.4", "a PDF document"),
        (&end, "an archive"),
    ];
    for (bytes, what) in hidden {
        match identified(&files::png(bytes), "a.png") {
            Err(Refused::Malformed { kind: Kind::Png, why }) => assert!(why.contains(what), "{why}"),
            other => panic!("{}: {other:?}", bytes.escape_ascii()),
        }
    }
    // Wherever it is: across the borders of what is looked at together as well.
    for place in (crate::limits::CHUNK - 80..crate::limits::CHUNK).chain([1, 200_000]) {
        let text = [vec![b'a'; place], b"<script>".to_vec(), vec![b'a'; 70_000]].concat();
        assert!(identified(&files::png(&text), "a").is_err(), "{place}");
        assert_eq!(identified(&text, "a"), Err(Refused::NotAllowed), "{place}");
        let text = [vec![b'a'; place], b"<svg>".to_vec(), vec![b'a'; 70_000]].concat();
        assert_eq!(identified(&text, "a"), Err(Refused::NotAllowed), "{place}");
    }
    assert!(identified(&files::pdf("<html>"), "a").is_err());
    assert_eq!(identified(&files::png(b"a < script > b"), "a"), Ok(Kind::Png));
}

#[test]
fn characters_are_read_across_borders() {
    for shift in 0..5 {
        let text = "x".repeat(crate::limits::CHUNK - shift) + &"漢🦀".repeat(40_000);
        assert_eq!(identified(text.as_bytes(), "a"), Ok(Kind::Text), "{shift}");
        let mut broken = text.into_bytes();
        broken.truncate(broken.len() - 1);
        assert_eq!(identified(&broken, "a"), Err(Refused::NotAllowed), "{shift}");
    }
}

/// Why a Word document with these parts, made this way, is refused; empty if it is not.
fn refusal(make: impl FnOnce(&mut Archive)) -> String {
    let mut archive = Archive::default();
    archive.add("[Content_Types].xml", b"<Types/>");
    archive.add("word/document.xml", b"<w:document/>");
    make(&mut archive);
    match identified(&archive.finish(), "a.docx") {
        Ok(Kind::Docx) => String::new(),
        Err(Refused::Malformed { kind: Kind::Docx, why }) => why.to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn office_documents_hold_nothing_but_a_document() {
    assert_eq!(refusal(|archive| archive.add("word/media/image1.png", &files::png(b""))), "");
    let mut inner = Archive::default();
    inner.add("a", b"a");
    let inner = inner.finish();
    let elf = with(b"\x7FELF\x02\x01\x01\0", &[0; 64]);
    let cases: [(&str, &[u8], &str); 11] = [
        ("word/vbaProject.bin", b"x", "macros"),
        ("word/embeddings/a.bin", &inner, "archive or another document"),
        ("word/embeddings/a.docx", &files::docx(&[]), "archive or another document"),
        ("word/embeddings/a.pdf", &files::pdf("x"), "archive or another document"),
        ("word/media/a.png", &elf, "a program"),
        ("word/media/b.png", b"MZ\x90\0", "a program"),
        ("../../etc/passwd", b"x", "lead elsewhere"),
        ("/etc/passwd", b"x", "lead elsewhere"),
        ("a\\b", b"x", "lead elsewhere"),
        ("C:a", b"x", "lead elsewhere"),
        ("WORD/document.xml", b"x", "one name"),
    ];
    for (name, content, expected) in cases {
        for way in [Archive::add, Archive::store] {
            let why = refusal(|archive| way(archive, name, content));
            assert!(why.contains(expected), "{name}: {why}");
        }
    }
}

#[test]
fn bombs_are_counted_and_not_believed() {
    let zeros = vec![0; 3_000_000];
    let bomb = refusal(|archive| archive.add("word/media/a.bin", &zeros));
    assert!(bomb.contains("unpacks to far more"), "{bomb}");
    // It says that it is small.
    let liar = refusal(|archive| {
        archive.claimed = Some(100);
        archive.add("word/media/a.bin", &zeros);
    });
    assert!(liar.contains("unpacks to far more"), "{liar}");
    // It says that it is large.
    let boaster = refusal(|archive| {
        archive.claimed = Some(u32::MAX);
        archive.add("word/media/a.bin", b"small");
    });
    assert!(boaster.contains("unpacks to far more"), "{boaster}");
    let many = refusal(|archive| {
        archive.claimed = Some(20_000_000);
        (0..6).for_each(|n| archive.add(&format!("word/media/{n}"), b"small"));
    });
    assert!(many.contains("unpacks to far more"), "{many}");
    let shy = refusal(|archive| {
        archive.claimed = Some(9);
        archive.add("word/media/a.bin", b"small");
    });
    assert!(shy.contains("damaged"), "{shy}");
}

#[test]
fn archives_are_whole_and_plain() {
    let encrypted = refusal(|archive| {
        archive.flags = 1;
        archive.add("word/a.xml", b"x");
    });
    assert!(encrypted.contains("encrypted"), "{encrypted}");
    let stray = refusal(|archive| {
        archive.stray(b"<html>");
        archive.add("word/a.xml", b"x");
    });
    assert!(stray.contains("between its parts"), "{stray}");
    // With its sizes behind its data, as programs write that do not know them before.
    let streamed = refusal(|archive| {
        archive.flags = 8;
        archive.add("word/a.xml", b"x");
        archive.stray(b"PK\x07\x08............");
    });
    assert_eq!(streamed, "");
    let document = files::docx(&[]);
    for (bytes, what) in
        [(with(b"<html>", &document), "something before"), (with(&document, &document), "two")]
    {
        assert!(identified(&bytes, "a").is_err(), "{what}");
    }
    let mut archive = Archive::default();
    archive.comment = b"<html>".to_vec();
    archive.add("[Content_Types].xml", b"<Types/>");
    archive.add("word/document.xml", b"<w:document/>");
    assert_eq!(identified(&archive.finish(), "a"), Err(Refused::NotAllowed), "a comment can be anything");
}

#[test]
fn parts_may_not_overlap() {
    let mut archive = Archive::default();
    archive.add("[Content_Types].xml", b"<Types/>");
    archive.store("word/document.xml", &[b'x'; 400]);
    let whole = archive.finish();
    assert_eq!(identified(&whole, "a"), Ok(Kind::Docx));
    // The directory's last entry says that its data goes on, and so does its own header.
    let grow = |bytes: &mut [u8], field: usize| {
        for place in [field, field + 4] {
            bytes[place..place + 4].copy_from_slice(&500_u32.to_le_bytes());
        }
    };
    let find = |signature: &[u8]| whole.windows(4).rposition(|window| window == signature).expect("found");
    let mut overlapping = whole.clone();
    grow(&mut overlapping, find(b"PK\x01\x02") + 20);
    grow(&mut overlapping, find(b"PK\x03\x04") + 18);
    match identified(&overlapping, "a") {
        Err(Refused::Malformed { why, .. }) => assert_eq!(why, "its parts overlap"),
        other => panic!("{other:?}"),
    }
    let mut contradicting = whole.clone();
    grow(&mut contradicting, find(b"PK\x03\x04") + 18);
    match identified(&contradicting, "a") {
        Err(Refused::Malformed { why, .. }) => assert_eq!(why, "its parts contradict its directory"),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn damage_is_never_a_panic(which in 0..7_usize, changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..6)) {
        let mut bytes = ended().get(which).expect("one of them").0.clone();
        let length = bytes.len();
        for (place, byte) in changes {
            bytes[usize::from(place) % length] = byte;
        }
        let _ = identified(&bytes, "a");
    }

    #[test]
    fn noise_is_never_a_panic(head in 0..7_usize, bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let start = ended().get(head).expect("one of them").0.get(..12).expect("long enough").to_vec();
        let _ = identified(&with(&start, &bytes), "a");
        let _ = identified(&bytes, "a");
    }
}
