//! Names of files, cleaned so that they are safe to show, to log and to save under.

use crate::error::Refused;
use crate::kind::Kind;
use crate::limits::MAX_NAME;

/// The most bytes of a cleaned name: what file systems take.
const MAX_BYTES: usize = 255;
/// The most bytes of an ending that is kept when a name is cut.
const MAX_ENDING: usize = 16;
/// What a file is called when nothing is left of its name.
const NAMELESS: &str = "file";
/// Names that mean devices to Windows, whatever follows behind a dot.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Cleans a name: what stands before the last separator of either kind goes, and so do control characters,
/// invisible ones, and those that turn the direction of text; signs that Windows does not take become `_`. It
/// never has more than 255 bytes and never is empty.
///
/// # Errors
/// [`Refused::NameTooLong`] for more than 255 characters.
pub(crate) fn clean(name: &str) -> Result<String, Refused> {
    if name.chars().nth(MAX_NAME).is_some() {
        return Err(Refused::NameTooLong);
    }
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible = last.chars().filter(|character| !is_hidden(*character));
    let name: String = visible.map(|character| if is_special(character) { '_' } else { character }).collect();
    Ok(fit(&name))
}

/// `name`, which is clean, with an ending that `kind` has: a program that opens it by its name will take it
/// for what it is.
pub(crate) fn with_ending(name: &str, kind: Kind) -> String {
    let usual = kind.extensions().first().copied().unwrap_or_default();
    if kind.fits(name) { name.to_owned() } else { fit(&format!("{name}.{usual}")) }
}

/// Trims and cuts a name, and gives one to the nameless.
fn fit(name: &str) -> String {
    let name = trim(name);
    let name = if is_device(name) { format!("_{name}") } else { name.to_owned() };
    let name = cut(&name);
    if name.is_empty() { NAMELESS.to_owned() } else { name }
}

/// Windows drops spaces and dots at the end; elsewhere a dot in front hides a file.
fn trim(name: &str) -> &str {
    name.trim_matches(|character: char| character.is_whitespace() || character == '.')
}

/// `name` in at most [`MAX_BYTES`], shortened before its ending.
fn cut(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if name.len() - dot <= MAX_ENDING => name.split_at(dot),
        _ => (name, ""),
    };
    let stem = stem.get(..stem.floor_char_boundary(MAX_BYTES - ending.len())).unwrap_or_default();
    format!("{}{ending}", trim(stem))
}

/// Controls, separators of lines, and characters that are not seen but change what is seen.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'
                | '\u{200E}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// What Windows does not take in names.
const fn is_special(character: char) -> bool {
    matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_numbered = numbered.is_some_and(|rest| {
        let mut characters = rest.chars();
        let digit = characters.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'));
        digit && characters.next().is_none()
    });
    is_numbered || DEVICES.contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_and_tricks_are_taken_out() {
        for (given, expected) in [
            ("report.pdf", "report.pdf"),
            ("größe 漢字.png", "größe 漢字.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\a.png", "a.png"),
            ("..\\..\\a.png", "a.png"),
            ("a\0b\r\nc.png", "abc.png"),
            ("invoice\u{202E}gnp.exe", "invoicegnp.exe"),
            (" .. a.png . ", "a.png"),
            (".htaccess", "htaccess"),
            ("a.png:hidden.exe", "a.png_hidden.exe"),
            ("\"a\"<b>|?*.txt", "_a__b____.txt"),
            ("CON", "_CON"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("LPT² .txt", "_LPT² .txt"),
            ("comfort.txt", "comfort.txt"),
            ("", "file"),
            ("..", "file"),
            ("/", "file"),
            ("\u{202E}\u{0}", "file"),
        ] {
            assert_eq!(clean(given).as_deref(), Ok(expected), "{given:?}");
        }
    }

    #[test]
    fn long_names_are_cut_before_their_ending_or_refused() {
        let cut = clean(&format!("{}.jpeg", "漢".repeat(250))).expect("255 characters");
        assert!(cut.len() <= 255 && cut.len() > 250 && cut.ends_with("漢.jpeg"), "{cut}");
        let dotted = clean(&format!("a.{}", "é".repeat(250))).expect("252 characters");
        assert!(dotted.len() <= 255 && dotted.len() > 250, "{dotted}");
        assert_eq!(clean(&"x".repeat(255)).map(|name| name.len()), Ok(255));
        assert_eq!(clean(&"x".repeat(256)), Err(Refused::NameTooLong));
        assert_eq!(clean(&"x".repeat(4_000)), Err(Refused::NameTooLong));
    }

    #[test]
    fn a_name_ends_as_its_content_is() {
        assert_eq!(with_ending("a.PNG", Kind::Png), "a.PNG");
        assert_eq!(with_ending("a.jpeg", Kind::Jpeg), "a.jpeg");
        assert_eq!(with_ending("a.html", Kind::Png), "a.html.png");
        assert_eq!(with_ending("run.bat", Kind::Text), "run.bat.txt");
        assert_eq!(with_ending("passwd", Kind::Text), "passwd.txt");
        assert_eq!(with_ending("server.log", Kind::Text), "server.log");
        let long = with_ending(&"x".repeat(255), Kind::WebP);
        assert!(long.len() == 255 && long.ends_with("x.webp"), "{long}");
    }

    proptest! {
        #[test]
        fn cleaned_names_are_safe_and_stay_as_they_are(name in "(\\PC|[\\p{Cc}\\p{Cf}./\\\\ ]){0,255}") {
            let Ok(once) = clean(&name) else { return Ok(()) };
            prop_assert!(!once.is_empty() && once.len() <= 255);
            prop_assert!(!once.contains(['/', '\\']));
            prop_assert!(!once.chars().any(|c| c.is_control() || is_hidden(c) || is_special(c)));
            prop_assert!(!once.starts_with('.') && !once.ends_with('.'));
            prop_assert!(!is_device(&once));
            prop_assert_eq!(clean(&once), Ok(once.clone()));
            for kind in Kind::ALL {
                let ended = with_ending(&once, *kind);
                prop_assert!(kind.fits(&ended) && ended.len() <= 255);
                prop_assert_eq!(clean(&ended), Ok(ended.clone()));
                prop_assert_eq!(with_ending(&ended, *kind), ended);
            }
        }
    }
}
