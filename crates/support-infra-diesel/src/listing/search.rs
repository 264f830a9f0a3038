//! Search for words.

use crate::listing::Flavor;
use crate::listing::source::Source;
use crate::statement::{Sql, Value};

/// The longest word that is looked for, in bytes: PostgreSQL takes no longer ones, and no ticket has any.
const MAX_WORD: usize = 2_000;

/// Whether any ticket can have a word that begins with `word`: theirs have neither signs nor capitals.
pub(super) fn is_findable(word: &str) -> bool {
    word.len() <= MAX_WORD
        && word.bytes().all(|byte| !byte.is_ascii() || byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Whether `word` is not the beginning of the word with which every ticket's number begins.
pub(super) fn tells_apart(word: &str) -> bool {
    !"tkt".starts_with(word)
}

/// Whether very many tickets must be thought to have a word that begins with `word`: it is short, or a year,
/// as each ticket's number has one. PostgreSQL's index would list them all before it looked at another word.
fn is_vague(word: &str) -> bool {
    let is_year = word.len() == 4 && word.starts_with("20") && word.bytes().all(|byte| byte.is_ascii_digit());
    is_year || word.chars().nth(2).is_none()
}

/// A word that is looked for: as itself in what is stored plain, and as the token that stands for it in what
/// is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) token: String,
}

/// Tickets by words, from the search index.
pub(super) fn search(flavor: Flavor, words: &[Word]) -> Source {
    match flavor {
        Flavor::Postgres => {
            let (vague, telling): (Vec<&Word>, Vec<&Word>) =
                words.iter().partition(|word| is_vague(&word.text));
            let (asked, tested) = if telling.is_empty() { (vague, telling) } else { (telling, vague) };
            let mut lookup = Sql::text("ticket_search.words @@ ");
            lookup.append(&tsquery(&asked));
            if !tested.is_empty() {
                // The function behind the same operator, for which no index is used.
                lookup.push(" AND ts_match_vq(ticket_search.words, ").append(&tsquery(&tested)).push(")");
            }
            Source::words(lookup, "tickets.id = ticket_search.ticket_id")
        }
        Flavor::Sqlite => {
            let quoted =
                |word: &Word| format!("(\"{}\"* OR \"{}\")", word.text.replace('"', "\"\""), word.token);
            let query: Vec<String> = words.iter().map(quoted).collect();
            let mut lookup = Sql::text("ticket_search MATCH ");
            lookup.bind(Value::Text(query.join(" AND ")));
            Source::words(lookup, "tickets.row_id = ticket_search.rowid")
        }
    }
}

/// A query for the beginnings of all of `words`.
fn tsquery(words: &[&Word]) -> Sql {
    let quoted = |word: &&Word| {
        format!("('{}':* | '{}')", word.text.replace('\\', "\\\\").replace('\'', "''"), word.token)
    };
    let query: Vec<String> = words.iter().map(quoted).collect();
    let mut sql = Sql::text("CAST(");
    sql.bind(Value::Text(query.join(" & "))).push(" AS tsquery)");
    sql
}

/// The test for words on a ticket's own text, in which a space stands before each word: cheaper than asking
/// the search index for each ticket.
pub(super) fn has_words(flavor: Flavor, words: &[Word]) -> Sql {
    let function = match flavor {
        Flavor::Postgres => "strpos",
        Flavor::Sqlite => "instr",
    };
    let test = |word: &Word| {
        let mut sql = Sql::text(format!("({function}(tickets.words, "));
        sql.bind(Value::Text(format!(" {}", word.text))).push(format!(") > 0 OR {function}(tickets.words, "));
        sql.bind(Value::Text(format!(" {}", word.token))).push(") > 0)");
        sql
    };
    let tests: Vec<Sql> = words.iter().map(test).collect();
    let mut sql = Sql::default();
    sql.join(&tests, " AND ");
    sql
}
