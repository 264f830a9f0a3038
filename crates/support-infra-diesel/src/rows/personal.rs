//! The personal data of customers, agents and users: names, e-mail addresses and telephone numbers. Every such column is
//! written and read here and nowhere else.

use support_domain::port::StoreResult;
use support_domain::value::{EmailAddress, PersonName, Phone};

use crate::rows::Place;

/// A name as stored.
pub(crate) fn write_name(name: &PersonName) -> String {
    name.as_str().to_owned()
}

/// An e-mail address as stored.
pub(crate) fn write_email(email: &EmailAddress) -> String {
    email.as_str().to_owned()
}

/// A telephone number as stored.
pub(crate) fn write_phone(phone: &Phone) -> String {
    phone.as_str().to_owned()
}

/// A stored name.
pub(crate) fn read_name(place: &Place<'_>, column: &'static str, stored: &str) -> StoreResult<PersonName> {
    place.parsed(column, PersonName::parse(stored))
}

/// A stored e-mail address.
pub(crate) fn read_email(place: &Place<'_>, column: &'static str, stored: &str) -> StoreResult<EmailAddress> {
    place.parsed(column, EmailAddress::parse(stored))
}

/// A stored telephone number.
pub(crate) fn read_phone(place: &Place<'_>, column: &'static str, stored: &str) -> StoreResult<Phone> {
    place.parsed(column, Phone::parse(stored))
}
