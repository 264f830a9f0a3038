//! Names of people and departments.

use std::fmt;

use super::text::{Controls, InvalidText, bounded};

/// A person's name: one line of 1 to 200 characters. Personal data: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonName(String);

impl PersonName {
    /// The most characters.
    pub const MAX: usize = 200;

    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`InvalidText`] when it is empty, too long or has control characters.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        bounded(text, Self::MAX, Controls::Refused).map(Self)
    }

    /// A name that the program itself gives, such as `System`.
    #[must_use]
    pub fn known(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// A department's name: one line of 1 to 100 characters, unique in any letter case.
#[derive(Clone, Debug)]
pub struct DepartmentName {
    name: String,
    key: String,
}

impl DepartmentName {
    /// The most characters.
    pub const MAX: usize = 100;

    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`InvalidText`] when it is empty, too long, or has control characters or a comma, which separates
    /// names in filters.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let name = bounded(text, Self::MAX, Controls::Refused)?;
        if name.contains(',') {
            return Err(InvalidText::Form("must not contain a comma"));
        }
        Ok(Self { key: name.to_lowercase(), name })
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The name in lower case, by which departments are told apart.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for DepartmentName {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for DepartmentName {}

impl PartialOrd for DepartmentName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DepartmentName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Display for DepartmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
