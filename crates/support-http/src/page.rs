//! Pages of lists: one item more than asked for is read, which shows whether there are more.

use crate::cursor::CursorKey;
use crate::extract::Query;

/// Which part of a list is asked for: a number of items, from the beginning or behind a place. `N` is the
/// length of a place in bytes.
pub(crate) struct Page<'a, const N: usize> {
    list: &'static str,
    limit: u32,
    after: Option<[u8; N]>,
    cursors: &'a CursorKey,
}

impl<'a, const N: usize> Page<'a, N> {
    /// Reads `limit` and `cursor`.
    pub(crate) fn read(query: &mut Query<'_>, list: &'static str, cursors: &'a CursorKey) -> Self {
        let limit = query.limit();
        Self { list, limit, after: query.cursor(|text| cursors.open(list, text)), cursors }
    }

    /// The place behind which the page begins; `None` at the beginning of the list.
    pub(crate) const fn after(&self) -> Option<[u8; N]> {
        self.after
    }

    /// How many items to read.
    pub(crate) const fn to_read(&self) -> u32 {
        self.limit + 1
    }

    /// Cuts the page out of what was read, and returns the cursor of the next one. `place` is where an item
    /// stands.
    pub(crate) fn cut<T>(&self, items: &mut Vec<T>, place: impl FnOnce(&T) -> [u8; N]) -> Option<String> {
        cut(items, self.limit, |last| self.cursors.seal(self.list, &place(last)))
    }
}

/// Leaves the first `limit` of `items`, and returns what `next` makes of the last one if there were more.
pub(crate) fn cut<T, C>(items: &mut Vec<T>, limit: u32, next: impl FnOnce(&T) -> C) -> Option<C> {
    let limit = limit as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    items.last().filter(|_| more).map(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Params;

    #[test]
    fn pages_follow_each_other() {
        let cursors = CursorKey::new([7; 32]);
        let page = |cursor: Option<&str>| {
            let params = cursor.map_or("limit=2".to_owned(), |cursor| format!("limit=2&cursor={cursor}"));
            let params = Params::parse(&params).expect("UTF-8");
            let mut query = params.read();
            let page = Page::<1>::read(&mut query, "agents", &cursors);
            query.finish().expect("fits");
            page
        };
        let first = page(None);
        assert_eq!((first.after(), first.to_read()), (None, 3));
        let mut items = vec![5, 3, 9];
        let next = first.cut(&mut items, |item| [*item]).expect("there are more");
        assert_eq!(items, [5, 3]);
        let second = page(Some(&next));
        assert_eq!(second.after(), Some([3]));
        let mut items = vec![9, 1];
        assert_eq!(second.cut(&mut items, |item| [*item]), None);
        assert_eq!(items, [9, 1]);
    }

    #[test]
    fn a_page_of_nothing_is_the_last() {
        assert_eq!(cut(&mut Vec::<u8>::new(), 1, |last| *last), None);
    }
}
