//! The section of README.md that is followed: its text, and its blocks as they are written there.

use std::fs;

use support_tests::workspace;

/// A block of code.
#[derive(Debug)]
pub(crate) struct Block {
    /// What stands behind its opening fence; empty for what a program prints.
    pub(crate) language: String,
    pub(crate) code: String,
}

/// A section: what it says in one line without its blocks, and these in order.
#[derive(Debug)]
pub(crate) struct Guide {
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
}

impl Guide {
    pub(crate) fn read() -> Self {
        let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
        let (_, rest) = readme.split_once("\n## What you see\n").unwrap();
        let (section, _) = rest.split_once("\n## ").unwrap();
        let (mut text, mut blocks, mut open) = (Vec::new(), Vec::new(), None::<Block>);
        for line in section.lines() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    open = Some(Block { language: language.to_owned(), code: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => block.code.extend([line, "\n"]),
                (None, None) => text.extend(line.split_whitespace()),
            }
        }
        assert!(open.is_none(), "the last block has no end");
        Self { text: text.join(" "), blocks }
    }

    /// What follows `prefix` in the text, up to the next space or backtick.
    pub(crate) fn word_after(&self, prefix: &str) -> &str {
        let (_, rest) =
            self.text.split_once(prefix).unwrap_or_else(|| panic!("no {prefix} in {}", self.text));
        rest.split([' ', '`']).next().unwrap()
    }
}

/// What the line `name=…` of a block sets.
pub(crate) fn set_in<'a>(block: &'a str, name: &str) -> &'a str {
    let value = |line: &'a str| line.strip_prefix(name)?.strip_prefix('=');
    let values: Vec<&str> = block.lines().filter_map(value).collect();
    match values[..] {
        [value] => value,
        _ => panic!("one line should set {name}, as the reader is told to:\n{block}"),
    }
}
