//! A map that can return to what it was.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

/// The undoing side of a [`Table`], whatever it holds.
pub(super) trait Journal {
    /// Keeps the changes made since the last call of either method.
    fn keep(&mut self);
    /// Takes the changes back that were made since the last call of either method.
    fn undo(&mut self);
}

/// An ordered map that notes what each change overwrote.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    overwritten: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), overwritten: Vec::new() }
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    /// The row under `key`.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    /// Whether there is a row under `key`.
    pub(super) fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Every row, by key.
    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.values()
    }

    /// Every key, ascending.
    pub(super) fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.rows.keys()
    }

    /// The rows whose keys lie in `range`, by key. The range must not end before it begins.
    pub(super) fn range(&self, range: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.rows.range(range)
    }

    /// Puts a row under `key`, in place of the one that was there.
    pub(super) fn put(&mut self, key: K, row: V) {
        let before = self.rows.insert(key.clone(), row);
        self.overwritten.push((key, before));
    }

    /// Deletes the row under `key`, if there is one.
    pub(super) fn remove(&mut self, key: &K) {
        if let Some(before) = self.rows.remove(key) {
            self.overwritten.push((key.clone(), Some(before)));
        }
    }

    /// Moves a row of an index: deletes it under the key `from` and puts it under `to`, where either may be
    /// absent.
    pub(super) fn reindex(&mut self, from: Option<K>, to: Option<K>, row: V) {
        if from == to {
            return;
        }
        if let Some(from) = from {
            self.remove(&from);
        }
        if let Some(to) = to {
            self.put(to, row);
        }
    }

    /// Deletes the rows for which `keep` is false.
    pub(super) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        let gone: Vec<K> =
            self.rows.iter().filter(|(_, row)| !keep(row)).map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.remove(&key);
        }
    }
}

impl<K: Ord, V> Journal for Table<K, V> {
    fn keep(&mut self) {
        self.overwritten.clear();
    }

    fn undo(&mut self) {
        while let Some((key, before)) = self.overwritten.pop() {
            match before {
                Some(row) => self.rows.insert(key, row),
                None => self.rows.remove(&key),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is done to a table: a row put or removed, or the changes kept or undone.
    #[derive(Clone, Debug)]
    enum Step {
        Put(u8, u32),
        Remove(u8),
        Retain(u32),
        Keep,
        Undo,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..8u8, any::<u32>()).prop_map(|(key, row)| Step::Put(key, row)),
            2 => (0..8u8).prop_map(Step::Remove),
            1 => any::<u32>().prop_map(Step::Retain),
            1 => Just(Step::Keep),
            1 => Just(Step::Undo),
        ]
    }

    proptest! {
        #[test]
        fn undoing_restores_what_was_last_kept(steps in prop::collection::vec(step(), 0..60)) {
            let mut table = Table::default();
            let (mut now, mut kept) = (BTreeMap::new(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Put(key, row) => {
                        table.put(key, row);
                        now.insert(key, row);
                    }
                    Step::Remove(key) => {
                        table.remove(&key);
                        now.remove(&key);
                    }
                    Step::Retain(limit) => {
                        table.retain(|row| *row < limit);
                        now.retain(|_, row| *row < limit);
                    }
                    Step::Keep => {
                        table.keep();
                        kept.clone_from(&now);
                    }
                    Step::Undo => {
                        table.undo();
                        now.clone_from(&kept);
                    }
                }
                prop_assert_eq!(&table.rows, &now);
            }
        }
    }
}
