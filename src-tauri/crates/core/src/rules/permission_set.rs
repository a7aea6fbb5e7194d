/// Place of a permission in [`super::Rules::permissions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionIndex(pub usize);

/// A set of permissions of one definition, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(Vec<u64>);

impl PermissionSet {
    /// Puts one in.
    pub fn insert(&mut self, permission: PermissionIndex) {
        let word = permission.0 / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (permission.0 % 64);
    }

    /// Whether it is in.
    pub fn contains(&self, permission: PermissionIndex) -> bool {
        self.0.get(permission.0 / 64).is_some_and(|word| word & (1 << (permission.0 % 64)) != 0)
    }

    /// Puts all of `other` in.
    pub fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// Those of it that are in `other` too.
    pub fn within(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(word, other)| word & other).collect())
    }

    /// Those of it that are not in `other`.
    pub fn without(&self, other: &Self) -> Self {
        let words = self.0.iter().enumerate();
        Self(words.map(|(place, word)| word & !other.0.get(place).unwrap_or(&0)).collect())
    }

    /// Whether all of it is in `other`.
    pub fn is_in(&self, other: &Self) -> bool {
        self.0.iter().enumerate().all(|(place, word)| word & !other.0.get(place).unwrap_or(&0) == 0)
    }

    /// How many are in.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether nothing is in.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Those in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = PermissionIndex> + '_ {
        (0..self.0.len() * 64).map(PermissionIndex).filter(|permission| self.contains(*permission))
    }
}
