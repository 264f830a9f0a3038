//! Personal data in rows: what is sealed, and how it reads when it was erased. Every such column is written
//! and read here and nowhere else.

use support_domain::erasure;
use support_domain::port::StoreResult;
use support_domain::value::{EmailAddress, PersonName, Phone};

use crate::crypto::{Content, Life, Seal};
use crate::rows::CellRef;

/// Name, e-mail address and telephone number of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: PersonName,
    pub(crate) email: Option<EmailAddress>,
    pub(crate) phone: Option<Phone>,
}

/// Seals a person.
pub(crate) fn write_person(
    seal: &Seal<'_>,
    place: &CellRef<'_>,
    column: &'static str,
    (name, email, phone): (&PersonName, Option<&EmailAddress>, Option<&Phone>),
) -> StoreResult<Vec<u8>> {
    let texts = [Some(name.as_str()), email.map(EmailAddress::as_str), phone.map(Phone::as_str)];
    seal.write(place, column, Life::Changing, &texts)
}

/// Opens a person.
pub(crate) fn read_person(
    seal: &Seal<'_>,
    place: &CellRef<'_>,
    column: &'static str,
    sealed: &[u8],
) -> StoreResult<Person> {
    match seal.read::<3>(place, column, Life::Changing, sealed)? {
        Content::Known([Some(name), email, phone]) => {
            let email = email.as_deref().map(EmailAddress::parse).transpose();
            let phone = phone.as_deref().map(Phone::parse).transpose();
            Ok(Person {
                name: place.parsed(column, PersonName::parse(&name))?,
                email: place.parsed(column, email)?,
                phone: place.parsed(column, phone)?,
            })
        }
        Content::Known(_) => Err(place.damaged(column)),
        Content::Erased => Ok(Person { name: PersonName::known(erasure::NAME), email: None, phone: None }),
    }
}

/// Seals one text that may change.
pub(crate) fn write_text(
    seal: &Seal<'_>,
    place: &CellRef<'_>,
    column: &'static str,
    text: &str,
) -> StoreResult<Vec<u8>> {
    seal.write(place, column, Life::Changing, &[Some(text)])
}

/// Opens one text.
pub(crate) fn read_text(
    seal: &Seal<'_>,
    place: &CellRef<'_>,
    column: &'static str,
    sealed: &[u8],
) -> StoreResult<String> {
    match seal.read::<1>(place, column, Life::Changing, sealed)? {
        Content::Known([Some(text)]) => Ok(text),
        Content::Known([None]) => Err(place.damaged(column)),
        Content::Erased => Ok(erasure::TEXT.to_owned()),
    }
}

/// The name of whoever did something: beside the sealed content, if they are not the customer; else in it.
pub(crate) fn read_name(
    place: &CellRef<'_>,
    column: &'static str,
    beside: Option<&str>,
    within: Option<&str>,
) -> StoreResult<PersonName> {
    match (beside, within) {
        (Some(name), None) | (None, Some(name)) => place.parsed(column, PersonName::parse(name)),
        _ => Err(place.damaged(column)),
    }
}
