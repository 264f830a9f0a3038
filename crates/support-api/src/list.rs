//! Pages of lists.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where the next page begins, for `cursor`; null at the end.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A page of what `items` are on the wire.
    #[must_use]
    pub fn of<D>(items: &[D], next_cursor: Option<String>) -> Self
    where
        T: for<'a> From<&'a D>,
    {
        Self { items: items.iter().map(T::from).collect(), next_cursor }
    }
}
