//! `asyncapi`: prints the document.

use std::io::Write;

use crate::failure::Failure;

pub(crate) fn run() -> Result<(), Failure> {
    let document = support_realtime::asyncapi::document()
        .to_pretty_json()
        .map_err(|error| Failure::new(format!("the AsyncAPI document: {error}")))?;
    // A reader that has seen enough, such as `head`, is no failure.
    match writeln!(std::io::stdout(), "{document}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(error.to_string())),
        _ => Ok(()),
    }
}
