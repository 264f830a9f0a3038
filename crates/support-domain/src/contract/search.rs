//! Searching tickets by words (see [`crate::search`]).

use crate::contract::query::{filter, found};
use crate::contract::sample::{self, ticket};
use crate::contract::scene::Scene;
use crate::entity::Ticket;
use crate::search;
use crate::value::{Category, Description, Subject, TicketNumber};

const ALL: [i64; 8] = [1, 2, 3, 4, 5, 6, 7, 1234];

pub(super) fn every_word_must_begin_a_word(scene: &Scene) {
    shelf(scene);
    assert_eq!(find(scene, "payment"), [1, 3]);
    assert_eq!(find(scene, "pay"), [1, 3], "its beginning");
    assert_eq!(find(scene, "ayment"), [0; 0], "not its end");
    assert_eq!(find(scene, "payments"), [0; 0], "not more than it");
    assert_eq!(find(scene, "pending payment"), [3], "in any order");
    assert_eq!(find(scene, "payment elsewhere"), [0; 0], "each of them");
    assert_eq!(find(scene, "pay payment paym"), [1, 3], "several by one");
    assert_eq!(find(scene, "zebra"), [0; 0]);
}

pub(super) fn words_are_found_across_subject_name_and_number(scene: &Scene) {
    shelf(scene);
    assert_eq!(find(scene, "ana"), [1, 3]);
    assert_eq!(find(scene, "ana payment"), [1, 3]);
    assert_eq!(find(scene, "failed müller"), [1]);
    assert_eq!(find(scene, "garcía pending 003 tkt"), [3]);
    assert_eq!(find(scene, "müller pending"), [0; 0], "not across tickets");
}

pub(super) fn other_fields_are_not_searched(scene: &Scene) {
    scene.seed();
    scene.insert(&[ticket(1, |t| {
        t.description = Description::parse("wombat").expect("a description");
        t.tags = crate::contract::query::tags(["quokka"]);
        t.department = Some(sample::department_name(sample::SUPPORT));
        t.customer.email = Some(sample::email("bilby@example.com"));
    })]);
    for word in ["wombat", "quokka", "technical", "bilby", "example"] {
        assert_eq!(find(scene, word), [0; 0], "{word}");
    }
}

pub(super) fn letter_case_does_not_matter(scene: &Scene) {
    shelf(scene);
    for (text, expected) in [
        ("PAYMENT", [1, 3].as_slice()),
        ("ANA mÜLLER", &[1]),
        ("ÄRGER", &[2]),
        ("ärg", &[2]),
        ("жанна", &[6]),
    ] {
        assert_eq!(find(scene, text), expected, "{text}");
    }
}

pub(super) fn letters_of_every_script_are_told_apart(scene: &Scene) {
    shelf(scene);
    for (text, expected) in [
        ("größe", [2].as_slice()),
        ("grosse", &[]),
        ("grösse", &[]),
        ("arger", &[]),
        ("muller", &[]),
        ("garcia", &[]),
        ("bjørn", &[2]),
        ("bjorn", &[]),
        ("ü", &[5]),
        ("çel", &[5]),
        ("straße", &[6]),
        ("strasse", &[]),
        ("ЖАН ИВАН", &[6]),
        ("日", &[4]),
        ("日本語", &[4]),
        ("本", &[]),
        ("李", &[4]),
        ("雷", &[]),
        ("İstanbul", &[7]),
        ("cafe", &[7]),
    ] {
        assert_eq!(find(scene, text), expected, "{text}");
    }
}

pub(super) fn numbers_are_found_by_their_parts(scene: &Scene) {
    shelf(scene);
    assert_eq!(find(scene, "TKT-2026-001"), [1]);
    assert_eq!(find(scene, "tkt-2026-1234"), [1234]);
    assert_eq!(find(scene, "1234"), [1234]);
    assert_eq!(find(scene, "12"), [1234]);
    assert_eq!(find(scene, "002"), [2]);
    assert_eq!(find(scene, "2"), ALL, "the year begins with it");
    assert_eq!(find(scene, "1"), [6, 1234], "a number in the subject, and a ticket's");
    assert_eq!(find(scene, "2026 tkt"), ALL);
    assert_eq!(find(scene, "2025"), [0; 0]);
}

pub(super) fn signs_are_no_part_of_words(scene: &Scene) {
    shelf(scene);
    for (text, expected) in [
        ("o'brien", [2].as_slice()),
        ("o’brien", &[2]),
        ("brien", &[2]),
        ("\"quoted\"", &[5]),
        ("\"quoted", &[5]),
        ("quoted'; --", &[5]),
        ("and-or", &[5]),
        ("AND", &[5]),
        ("or", &[5]),
        ("NOT near", &[5]),
        ("100%", &[6]),
        ("done_now", &[6]),
        ("now", &[6]),
        ("pay*", &[1, 3]),
        ("subject:payment", &[]),
        ("(payment)", &[1, 3]),
        ("payment & ana", &[1, 3]),
        ("pay|zebra", &[]),
        ("a\\b", &[]),
    ] {
        assert_eq!(find(scene, text), expected, "{text}");
    }
}

pub(super) fn no_word_is_no_condition(scene: &Scene) {
    shelf(scene);
    for text in ["", " ", "%", "\"", "'", "*", "- & |"] {
        assert_eq!(find(scene, text), ALL, "{text:?}");
    }
}

pub(super) fn words_are_never_taken_for_patterns(scene: &Scene) {
    shelf(scene);
    let raw = [
        "%",
        "_",
        "*",
        "pay%",
        "p_yment",
        "pay*",
        "\"payment\"",
        "'",
        "payment' OR 1=1 --",
        "pay:*",
        "a&b",
        "\\",
    ];
    for word in raw {
        assert_eq!(found(scene, filter(|f| f.words = vec![word.to_owned()])), [0; 0], "{word}");
    }
}

pub(super) fn long_queries_are_answered(scene: &Scene) {
    scene.seed();
    let words: Vec<String> = (0..search::MAX_QUERY_WORDS).map(|n| format!("w{n:02}")).collect();
    let long = "q".repeat(150);
    scene.insert(&[
        ticket(1, |t| t.subject = Subject::parse(&words.join(" ")).expect("a subject")),
        ticket(2, |t| t.subject = Subject::parse(&words[1..].join(" ")).expect("a subject")),
        ticket(3, |t| t.subject = Subject::parse(&long).expect("a subject")),
    ]);
    assert_eq!(find(scene, &words.join(" ")), [1]);
    assert_eq!(find(scene, &words[1..].join(" ")), [1, 2]);
    assert_eq!(find(scene, &long), [3]);
    assert_eq!(find(scene, &format!("{long}q")), [0; 0]);
    assert_eq!(find(scene, &"ж".repeat(5_000)), [0; 0]);
}

pub(super) fn words_follow_the_ticket(scene: &Scene) {
    shelf(scene);
    let renamed = ticket(1, |t| {
        t.subject = Subject::parse("Refund pending").expect("a subject");
        t.customer.name = sample::person("Ana Müller");
    });
    scene.write(move |tx| {
        tx.tickets().lock(renamed.id)?;
        tx.tickets().save(&renamed)
    });
    assert_eq!(find(scene, "payment"), [3], "the old words are gone");
    assert_eq!(find(scene, "pending"), [1, 3]);
    assert_eq!(find(scene, "refund ana 001"), [1], "the others remain");
}

pub(super) fn search_narrows_other_conditions(scene: &Scene) {
    shelf(scene);
    let both = filter(|f| {
        f.words = search::query_words("ana");
        f.category = vec![Category::Billing];
    });
    assert_eq!(found(scene, both), [3]);
}

/// What a person finds who types `text`.
#[track_caller]
fn find(scene: &Scene, text: &str) -> Vec<i64> {
    found(scene, filter(|f| f.words = search::query_words(text)))
}

/// Tickets with words of all sorts; the third is about billing.
fn shelf(scene: &Scene) {
    scene.seed();
    let with = |n: u64, subject: &str, name: &str| -> Ticket {
        ticket(n, |t| {
            t.subject = Subject::parse(subject).expect("a subject");
            t.customer.name = sample::person(name);
            t.category = if n == 3 { Category::Billing } else { Category::General };
        })
    };
    scene.insert(&[
        with(1, "Card payment failed twice", "Ana Müller"),
        with(2, "ÄRGER mit der Größe", "Bjørn O'Brien"),
        with(3, "Payment pending", "Ana García"),
        with(4, "日本語 の サポート", "李雷"),
        with(5, "\"quoted\" and-or NOT (near) my", "Çelik Ünal"),
        with(6, "Straße 100% done_now", "ЖАННА Иванова"),
        with(7, "İstanbul visit, Cafe\u{301}", "José"),
        ticket(8, |t| {
            t.number = TicketNumber::new(2026, 1234);
            t.subject = Subject::parse("Something else").expect("a subject");
        }),
    ]);
}
