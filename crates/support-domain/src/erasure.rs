//! What stands where personal data was: stores answer these in place of what they cannot read any more, by
//! intent or by damage, so that tickets stay whole.

/// The name of a customer whose personal data was erased.
pub const NAME: &str = "Erased customer";
/// A text that was erased with its customer's personal data.
pub const TEXT: &str = "[erased]";
/// The name of a customer whose stored name is damaged.
pub const DAMAGED_NAME: &str = "[damaged]";
/// A stored text that is damaged.
pub const DAMAGED_TEXT: &str = "[This text is damaged in the database and cannot be read.]";
