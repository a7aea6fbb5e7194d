//! Where a service takes numbers in the place of names: every operation below one path is below another one too.

use valetkey_core::{
    path::Unusual,
    rules::{Binding, EndpointIndex, Kind, Operation, Piece, Segment},
};

use super::{bounded, template::Shape};
use crate::{
    Error, Problem,
    document::{ByNumberEntry, Pairs},
    limits,
    problem::shown,
};

/// One such pair of paths.
pub(super) struct ByNumbers {
    path: Shape,
    also: Shape,
    contexts: Vec<Binding>,
}

/// Where one operation is besides.
pub(super) struct ByNumber {
    pub(super) shape: Shape,
    /// So many of its parameters, from the first, take numbers only.
    pub(super) numbers: usize,
}

/// Reads the pairs; `contexts` reads what the second path of each names.
pub(super) fn pairs(
    entries: &[ByNumberEntry],
    kinds: &[Kind],
    contexts: impl Fn(&str, &Pairs, &Shape) -> Result<Vec<Binding>, Error>,
) -> Result<Vec<ByNumbers>, Error> {
    bounded("by_number", entries.len(), limits::SIBLINGS)?;
    let pair = |(index, entry): (usize, &ByNumberEntry)| {
        let place = format!("by_number[{index}]");
        let also = plain(&format!("{place}.also"), &entry.also)?;
        let mut contexts = contexts(&format!("{place}.contexts"), &entry.contexts, &also)?;
        for binding in &mut contexts {
            let mark = kinds[binding.kind].resolve.as_ref().map(|resolve| &resolve.mark);
            binding.value.splice(..0, mark.filter(|mark| !mark.is_empty()).cloned().map(Piece::Literal));
        }
        Ok(ByNumbers { path: plain(&format!("{place}.path"), &entry.path)?, also, contexts })
    };
    entries.iter().enumerate().map(pair).collect()
}

/// A path that more can stand behind, in the strictest form.
fn plain(place: &str, path: &str) -> Result<Shape, Error> {
    let shape = Shape::parse(path, Unusual::default()).map_err(|problem| Error::refused(place, problem))?;
    let is_plain = |segment: &Segment| match segment {
        Segment::Literal(text) => !text.is_empty(),
        Segment::Parameter { prefix, suffix } => prefix.is_empty() && suffix.is_empty(),
        Segment::Rest => false,
    };
    if shape.names.is_empty() || !shape.segments.iter().all(is_plain) {
        return Err(Error::refused(place, Problem::ByNumber { text: shown(path) }));
    }
    Ok(shape)
}

impl ByNumbers {
    /// Where `operation` is besides, and the contexts that are named there; `None` where it is not below the first path.
    pub(super) fn of(&self, operation: &Operation, shape: &Shape) -> Option<(ByNumber, Vec<Binding>)> {
        let below = shape.key.strip_prefix(&self.path.key)?;
        let fits = operation.endpoint == EndpointIndex::MAIN && (below.is_empty() || below.starts_with('/'));
        fits.then(|| {
            let segments = [&self.also.segments[..], &shape.segments[self.path.segments.len()..]].concat();
            let names = [&self.also.names[..], &shape.names[self.path.names.len()..]].concat();
            // A number is no other parameter, so that both may be on one path.
            let key = self.also.key.replace("{}", "{#}") + below;
            let shape = Shape { segments, names, key, rest: shape.rest };
            let contexts = operation.contexts.iter().filter_map(|binding| self.named(binding)).collect();
            (ByNumber { shape, numbers: self.also.names.len() }, contexts)
        })
    }

    /// What `binding` becomes: the number in the name's place, or the same further down the path. What a number does not say is left out.
    fn named(&self, binding: &Binding) -> Option<Binding> {
        let replaced = self.path.names.len();
        let places = || {
            binding.value.iter().filter_map(|piece| match piece {
                Piece::Literal(_) => None,
                Piece::Parameter(place) => Some(*place),
            })
        };
        if places().any(|place| place < replaced) {
            return self.contexts.iter().find(|numbered| numbered.kind == binding.kind).cloned();
        }
        let moved = |piece: &Piece| match piece {
            Piece::Literal(text) => Piece::Literal(text.clone()),
            Piece::Parameter(place) => Piece::Parameter(place - replaced + self.also.names.len()),
        };
        Some(Binding { kind: binding.kind, value: binding.value.iter().map(moved).collect() })
    }
}
