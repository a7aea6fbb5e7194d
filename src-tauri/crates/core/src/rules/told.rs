use std::{borrow::Cow, collections::HashMap};

use super::{Binding, BoundContext, Operation, Piece, Rules};
use crate::grant::Context;

/// The contexts of a request, as far as its record tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// In the operation's order.
    pub contexts: Vec<BoundContext>,
    /// Whether these are all that the path named.
    pub all: bool,
}

impl Rules {
    /// The contexts of a request for `operation` of which the first is on record. The others follow from it where they are pieced
    /// together from the same path parameters: `organization=acme` from `repository=acme/site`.
    pub fn told(&self, operation: &Operation, first: Option<&Context>) -> Told {
        let Some(first) = first else { return Told { contexts: Vec::new(), all: true } };
        let told = self.told_by(&operation.contexts, first);
        let by_number = || self.told_by(operation.by_number.as_deref()?, first);
        told.or_else(by_number).unwrap_or(Told { contexts: Vec::new(), all: false })
    }

    fn told_by(&self, bindings: &[Binding], first: &Context) -> Option<Told> {
        let value = first.value().unwrap_or_default();
        let known = bindings.iter().find(|binding| &*self.kinds[binding.kind].name == first.kind())?;
        let parameters = parameters_of(&known.value, value)?;
        let folded = self.kinds[known.kind].fold_case;
        let told = |binding: &Binding| {
            // Of a value without letter case nobody knows in which case it was sent.
            if folded && !self.kinds[binding.kind].fold_case && !binding.value.is_empty() {
                return None;
            }
            self.pieced(binding, |place| parameters.get(&place).copied().map(Cow::Borrowed))
        };
        let contexts: Vec<_> = bindings.iter().filter_map(told).collect();
        Some(Told { all: contexts.len() == bindings.len(), contexts })
    }
}

/// What the parameters were of which `value` was pieced together; `None` where that can be read in several ways.
pub(super) fn parameters_of<'v>(pieces: &[Piece], value: &'v str) -> Option<HashMap<usize, &'v str>> {
    let mut parameters = HashMap::new();
    let mut rest = value;
    let mut open = None;
    for piece in pieces {
        match piece {
            Piece::Parameter(place) if open.is_none() => open = Some(*place),
            Piece::Parameter(_) => return None,
            Piece::Literal(text) => {
                let same = pieces.iter().filter(|other| *other == piece).count();
                if value.matches(&**text).count() != same {
                    return None;
                }
                let (before, behind) = rest.split_once(&**text)?;
                match open.take() {
                    Some(place) => {
                        parameters.insert(place, before);
                    }
                    None if before.is_empty() => {}
                    None => return None,
                }
                rest = behind;
            }
        }
    }
    match open {
        Some(place) => {
            parameters.insert(place, rest);
        }
        None if rest.is_empty() => {}
        None => return None,
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_value_are_found_where_there_is_one_way_to_read_it() {
        let slash = || Piece::Literal("/".into());
        let pair = [Piece::Parameter(0), slash(), Piece::Parameter(1)];
        assert_eq!(parameters_of(&pair, "acme/site"), Some(HashMap::from([(0, "acme"), (1, "site")])));
        assert_eq!(parameters_of(&pair, "acme/web/site"), None);
        assert_eq!(parameters_of(&pair, "acme"), None);
        assert_eq!(parameters_of(&[Piece::Parameter(2)], "a/b"), Some(HashMap::from([(2, "a/b")])));
        assert_eq!(parameters_of(&[Piece::Parameter(0), Piece::Parameter(1)], "ab"), None);
        assert_eq!(parameters_of(&[], ""), Some(HashMap::new()));
        assert_eq!(parameters_of(&[], "x"), None);
    }
}
