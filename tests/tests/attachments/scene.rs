//! A ticket, and who is about it.

use std::fs;
use std::path::PathBuf;

use support_tests::{Desk, Person};

pub(crate) struct Scene {
    /// Opened the ticket.
    pub(crate) ann: Person,
    /// Opened another one.
    pub(crate) bob: Person,
    /// Handles Ann's ticket.
    pub(crate) lou: Person,
    pub(crate) ticket: String,
    pub(crate) other: String,
}

impl Scene {
    #[track_caller]
    pub(crate) fn set(desk: &Desk) -> Self {
        desk.department("Technical Support", 1, &["technical"]);
        let (ann, bob, lou) = (desk.customer(1), desk.customer(2), desk.hire("Lou", "Technical Support", 1));
        let (ticket, other) = (desk.open(&ann, "technical"), desk.open(&bob, "technical"));
        desk.assign(&ticket, &lou);
        Self { ann, bob, lou, ticket, other }
    }
}

/// Every file below a part of the desk's data directory, without the database.
pub(crate) fn stored(desk: &Desk, part: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = match fs::read_dir(desk.server.data_directory().join(part)) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    };
    files.sort();
    files
}
