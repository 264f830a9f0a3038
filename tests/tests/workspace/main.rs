//! The rules of the house that a compiler does not check.
#![cfg(test)]

mod circles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support_tests::workspace;

/// Who may know whom: each crate of the workspace and those of the others that it may name. Arrows point
/// inwards.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("support-domain", &[]),
    ("support-auth", &["support-domain"]),
    ("support-api", &["support-auth", "support-domain"]),
    ("support-crypto", &[]),
    ("support-infra-diesel", &["support-auth", "support-crypto", "support-domain"]),
    ("support-attachments", &["support-domain"]),
    ("support-oidc", &["support-auth", "support-domain"]),
    (
        "support-http",
        &[
            "support-api",
            "support-attachments",
            "support-auth",
            "support-crypto",
            "support-domain",
            "support-web",
        ],
    ),
    ("support-realtime", &["support-api", "support-domain", "support-socketio", "support-web"]),
    (
        "support-server",
        &[
            "support-api",
            "support-attachments",
            "support-auth",
            "support-crypto",
            "support-domain",
            "support-http",
            "support-infra-diesel",
            "support-oidc",
            "support-realtime",
            "support-socketio",
            "support-web",
        ],
    ),
    ("support-socketio", &["support-web"]),
    ("support-web", &[]),
    ("support-bench", &["support-testkit"]),
    ("support-testkit", &[]),
    ("support-tests", &["support-api", "support-testkit"]),
];
/// What tests may name besides: never a part of the product, except the crate that they test.
const TESTS_MAY_KNOW: &[&str] = &["support-testkit"];

/// All that the domain may bring along, by name: values and errors, no I/O, no runtime, no web, no SQL, no
/// serde.
const DOMAIN: &[&str] = &[
    "block-buffer",
    "cfg-if",
    "chrono",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "digest",
    "hybrid-array",
    "num-traits",
    "proc-macro2",
    "quote",
    "sha2",
    "support-domain",
    "syn",
    "thiserror",
    "thiserror-impl",
    "typenum",
    "unicode-ident",
    "uuid",
];

/// Crates in which files may need each other in a circle.
const CIRCLES: &[&str] = &["support-infra-diesel"];

const MOST_LINES: usize = 500;
/// As `max_width` in `rustfmt.toml`, which rustfmt does not apply to comments.
const MOST_COLUMNS: usize = 110;

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    run(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), arguments)
}

/// The files of the project as text: what git tracks, or would if it were told to. Other files are left out.
fn files() -> BTreeMap<String, String> {
    let listed = run("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let read = |name: &str| Some((name.to_owned(), fs::read_to_string(workspace().join(name)).ok()?));
    let files: BTreeMap<_, _> = listed.split_terminator('\0').filter_map(read).collect();
    assert!(files.contains_key("Cargo.toml"), "git knows of no files here");
    files
}

fn rust_files() -> BTreeMap<String, String> {
    let is_rust = |name: &str| Path::new(name).extension().is_some_and(|extension| extension == "rs");
    files().into_iter().filter(|(name, _)| is_rust(name)).collect()
}

/// Where any of these words stands, as `file:line: word`.
fn occurrences(files: &BTreeMap<String, String>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, content) in files {
        for (number, line) in (1..).zip(content.lines()) {
            let words = words.iter().filter(|word| line.contains(*word));
            found.extend(words.map(|word| format!("{name}:{number}: {word}")));
        }
    }
    found
}

/// The dependencies among the crates of the workspace: (crate, the one it names, whether only for its tests).
fn arrows() -> BTreeSet<(String, String, bool)> {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let mut arrows = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
            if !dependency["path"].is_null() {
                arrows.insert((name(package), name(dependency), dependency["kind"] == "dev"));
            }
        }
    }
    arrows
}

#[test]
fn the_domain_brings_little_along() {
    let tree = cargo(&[
        "tree",
        "-p",
        "support-domain",
        "-e",
        "normal",
        "--prefix=none",
        "--format={p}",
        "--offline",
    ]);
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("chrono"), "{tree}");
    let foreign: Vec<&&str> = names.iter().filter(|name| !DOMAIN.contains(name)).collect();
    assert!(foreign.is_empty(), "support-domain may not depend on {foreign:?}");
}

#[test]
fn dependencies_point_inwards() {
    let rules: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let mut wrong = Vec::new();
    for (from, to, only_tests) in arrows() {
        let may = rules.get(from.as_str()).unwrap_or_else(|| panic!("{from} has no rule in MAY_KNOW"));
        // A crate may also name itself, to turn on its features for its tests.
        let for_tests = only_tests && (TESTS_MAY_KNOW.contains(&to.as_str()) || from == to);
        if !may.contains(&to.as_str()) && !for_tests {
            wrong.push(format!("{from} -> {to}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn no_files_of_a_crate_need_each_other_in_a_circle() {
    let files = rust_files();
    let crates: BTreeSet<&str> = files
        .keys()
        .filter_map(|name| name.strip_prefix("crates/")?.split_once("/src/"))
        .map(|(name, _)| name)
        .filter(|name| !CIRCLES.contains(name))
        .collect();
    let circles: BTreeMap<&str, _> = crates
        .into_iter()
        .map(|name| (name, circles::circles(&files, &format!("crates/{name}/src/"))))
        .filter(|(_, circles)| !circles.is_empty())
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn both_databases_have_the_same_steps() {
    let steps = |database: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(workspace().join("migrations").join(database)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let (postgres, sqlite) = (steps("postgres"), steps("sqlite"));
    assert!(!postgres.is_empty());
    assert_eq!(postgres, sqlite);
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let manifests = files().into_iter().filter(|(name, _)| name.ends_with("/Cargo.toml"));
    let without = manifests.filter(|(_, content)| !content.contains("[lints]\nworkspace = true"));
    assert_eq!(without.map(|(name, _)| name).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn no_file_is_too_long_to_read() {
    let long = rust_files().into_iter().filter(|(_, content)| content.lines().count() > MOST_LINES);
    assert_eq!(long.map(|(name, _)| name).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn comments_fit_into_a_line() {
    let mut long = Vec::new();
    for (name, content) in rust_files() {
        for (number, line) in (1..).zip(content.lines()) {
            let is_comment = line.trim_start().starts_with("//");
            // An address cannot be broken.
            if is_comment && line.chars().count() > MOST_COLUMNS && !line.contains("://") {
                long.push(format!("{name}:{number}"));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn nothing_is_left_to_do() {
    // In two parts, so that they do not stand here.
    let words = [concat!("to", "do!"), concat!("unimple", "mented!"), concat!("#[ig", "nore")];
    assert_eq!(occurrences(&rust_files(), &words), Vec::<String>::new());
}

/// What stands between backticks in the comments of code, and anywhere in a document, with its file and line.
fn quoted() -> Vec<(String, String)> {
    let mut quoted = Vec::new();
    for (name, content) in files() {
        let is_document = Path::new(&name).extension().is_some_and(|extension| extension == "md");
        for (number, line) in (1..).zip(content.lines()) {
            let prose = if is_document { line } else { line.trim_start() };
            if is_document || prose.starts_with("//") {
                let spans = prose.split('`').skip(1).step_by(2);
                quoted.extend(spans.map(|span| (format!("{name}:{number}"), span.to_owned())));
            }
        }
    }
    quoted
}

#[test]
fn files_that_are_referred_to_exist() {
    const ENDINGS: &[&str] = &["rs", "md", "sql", "mjs", "py"];
    let files = files();
    let exists = |path: &str| {
        files.keys().any(|name| {
            let rest = name.strip_suffix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        })
    };
    let is_path = |text: &str| {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./".contains(letter);
        text.chars().all(plain)
            && Path::new(text).extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
    };
    let references: Vec<(String, String)> = quoted().into_iter().filter(|(_, text)| is_path(text)).collect();
    assert!(references.len() > 100, "{} references are too few to be all", references.len());
    let dead = references.iter().filter(|(_, path)| !exists(path.trim_start_matches("../")));
    assert_eq!(dead.collect::<Vec<_>>(), Vec::<&(String, String)>::new());
}

#[test]
fn sections_that_are_referred_to_exist() {
    let files = files();
    let mut references = 0;
    for (name, content) in &files {
        // A citation may be broken into two lines of a comment.
        let prose = |line: &str| line.trim_start().trim_start_matches(['/', '!']).trim_start().to_owned();
        let joined = content.lines().map(prose).collect::<Vec<_>>().join(" ");
        for document in ["docs/contract.md", "docs/specification.md"] {
            for (_, rest) in joined.match_indices(document).map(|(at, text)| joined.split_at(at + text.len()))
            {
                let rest = rest.trim_start_matches(['`', ',']);
                let Some(rest) = rest.strip_prefix(" section ") else { continue };
                let section: String =
                    rest.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
                let section = section.trim_end_matches('.');
                let heading = files[document].lines().any(|line| {
                    let title = line.trim_start_matches('#');
                    let number = title.split_whitespace().next().unwrap_or_default();
                    title.len() < line.len() && number.trim_end_matches('.') == section
                });
                assert!(heading, "{name}: {document} has no section {section:?}");
                references += 1;
            }
        }
    }
    assert!(references > 40, "{references} references are too few to be all");
}

#[test]
fn no_file_names_a_machine() {
    let words = [
        concat!("/work", "/main"),
        concat!("/work", "/shared"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
        concat!("index.crates", ".io"),
        concat!("static.crates", ".io"),
        concat!("registry.npmjs", ".org"),
        concat!("pypi", ".org"),
        concat!("pythonhosted", ".org"),
        concat!("deb.debian", ".org"),
    ];
    assert_eq!(occurrences(&files(), &words), Vec::<String>::new());
}
