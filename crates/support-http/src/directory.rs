//! Pages of the lists of agents and departments, which the desk hands over whole.

use uuid::Uuid;

use crate::cursor::CursorKey;
use crate::extract::Query;

/// Which part of a list is asked for.
pub(crate) struct Page {
    list: &'static str,
    limit: usize,
    after: Option<Uuid>,
}

/// Reads `limit` and `cursor`.
pub(crate) fn page(query: &mut Query<'_>, list: &'static str, cursors: &CursorKey) -> Page {
    let limit = query.limit() as usize;
    Page { list, limit, after: query.cursor(|text| cursors.open(list, text).map(Uuid::from_bytes)) }
}

impl Page {
    /// Cuts the page out of `found`, and returns where the next one begins. `order` are the ids of the whole
    /// list: the place of a cursor is found there even if a filter no longer lets its item through.
    pub(crate) fn cut<T>(
        &self,
        found: Vec<T>,
        order: &[Uuid],
        id: impl Fn(&T) -> Uuid,
        cursors: &CursorKey,
    ) -> (Vec<T>, Option<String>) {
        let place = |id: Uuid| order.iter().position(|other| *other == id);
        let mut items = match self.after.and_then(place) {
            None => found,
            Some(after) => found.into_iter().filter(|item| place(id(item)) > Some(after)).collect(),
        };
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let last = items.last().filter(|_| more);
        let next = last.map(|item| cursors.seal(self.list, id(item).as_bytes()));
        (items, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Params;

    #[test]
    fn pages_follow_each_other_though_a_filter_changes_its_mind() {
        let cursors = CursorKey::new([7; 32]);
        let id = |n: u128| Uuid::from_u128(n);
        let order: Vec<Uuid> = [5, 3, 9, 1].map(id).to_vec();
        let cut = |found: &[u128], cursor: Option<&str>| {
            let params = cursor.map_or("limit=2".to_owned(), |cursor| format!("limit=2&cursor={cursor}"));
            let params = Params::parse(&params).expect("UTF-8");
            let mut query = params.read();
            let page = page(&mut query, "agents", &cursors);
            query.finish().expect("fits");
            page.cut(found.iter().copied().map(id).collect(), &order, |id| *id, &cursors)
        };
        let (first, next) = cut(&[5, 3, 9, 1], None);
        assert_eq!(first, [id(5), id(3)]);
        let (second, end) = cut(&[5, 9, 1], next.as_deref());
        assert_eq!((second, end), (vec![id(9), id(1)], None));
    }
}
