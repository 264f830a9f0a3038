//! How text becomes words to search by: every store uses these, so that all of them find the same.

/// Words of a query beyond this many are ignored.
pub const MAX_QUERY_WORDS: usize = 16;

/// The words of `text`: runs of letters and digits, in lower case.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The words of a query, each once, at most [`MAX_QUERY_WORDS`]. A word of the query matches every word it
/// begins.
#[must_use]
pub fn query_words(text: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for word in words(text) {
        if kept.len() < MAX_QUERY_WORDS && !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

/// The words by which a ticket is found that tell nothing of its customer: those of its number and its
/// subject.
#[must_use]
pub fn text_words(ticket: &crate::entity::TicketRecord) -> Vec<String> {
    let mut all = words(&ticket.number.to_string());
    all.extend(words(ticket.subject.as_str()));
    all
}

/// The words by which a ticket is found: those of its number, its subject and its customer's name.
#[must_use]
pub fn ticket_words(ticket: &crate::entity::TicketRecord) -> Vec<String> {
    let mut all = text_words(ticket);
    all.extend(words(ticket.customer.name.as_str()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lowered_and_split_at_everything_else() {
        assert_eq!(words("TKT-2026-001: Ärger, no!"), ["tkt", "2026", "001", "ärger", "no"]);
        assert_eq!(query_words("a A b"), ["a", "b"]);
    }
}
