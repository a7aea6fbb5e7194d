use valetkey_core::{
    grant::Context,
    likeness::nearest,
    path::Unusual,
    rules::{Binding, Kind, KindIndex, Piece},
};

use super::template::Shape;
use crate::{Problem, problem::shown};

/// How a path tells one context: `text` is `{owner}/{repo}`, or empty for a kind that there is only one of.
pub(super) fn binding(
    kind: KindIndex,
    text: &str,
    kinds: &[Kind],
    shape: &Shape,
    enabled: Unusual,
) -> Result<Binding, Problem> {
    let Kind { name, sole, .. } = &kinds[kind];
    let value = pieces(text, shape)?;
    let example: String = value
        .iter()
        .map(|piece| match piece {
            Piece::Literal(literal) => literal,
            Piece::Parameter(_) => "x",
        })
        .collect();
    let sound = if *sole { text.is_empty() } else { format!("{name}={example}").parse::<Context>().is_ok() };
    if !sound {
        return Err(Problem::ContextValue { text: shown(text) });
    }
    if is_ambiguous(&value, shape, enabled) {
        return Err(Problem::ContextAmbiguous { text: shown(text) });
    }
    Ok(Binding { kind, value })
}

fn pieces(text: &str, shape: &Shape) -> Result<Vec<Piece>, Problem> {
    let malformed = || Problem::ContextValue { text: shown(text) };
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (literal, tail) =
            rest.split_once('{').map_or((rest, None), |(literal, tail)| (literal, Some(tail)));
        if literal.contains('}') {
            return Err(malformed());
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.into()));
        }
        let Some(tail) = tail else { break };
        let (name, tail) = tail.split_once('}').ok_or_else(malformed)?;
        let place = shape.names.iter().position(|known| **known == *name).ok_or_else(|| {
            let known = shape.names.iter().map(|name| &**name);
            Problem::UnknownParameter { name: shown(name), nearest: nearest(name, known) }
        })?;
        pieces.push(Piece::Parameter(place));
        rest = tail;
    }
    Ok(pieces)
}

/// Whether two different paths could come out as the same value. A parameter holds no `/` unless it takes the rest of the path, so
/// a `/` between parameters keeps them apart; where `%2F` is on, a value of several parameters is found only without one.
fn is_ambiguous(value: &[Piece], shape: &Shape, enabled: Unusual) -> bool {
    let mut takes_rest = false;
    let mut parted = true;
    for piece in value {
        match piece {
            Piece::Literal(text) => parted |= text.contains('/'),
            Piece::Parameter(place) => {
                if !parted {
                    return true;
                }
                parted = false;
                takes_rest |= shape.rest && *place + 1 == shape.names.len();
            }
        }
    }
    takes_rest && enabled.encoded_slash
}
