//! Templates that fit the same path, such as `/a/{x}/c` and `/a/b/{y}` at `/a/b/c`.
//!
//! A request there could mean either. The router takes the one that is more literal on the left, and the service may do otherwise, so
//! whoever makes a definition gives such a path an operation of its own that requires what both do.

/// The template of what fits both, where neither is a special case of the other.
pub fn meet(one: &str, other: &str) -> Option<String> {
    let (one, other) = (read(one), read(other));
    let met = met(&one, &other)?;
    let shape = shape_of(&met);
    (shape != shape_of(&one) && shape != shape_of(&other)).then(|| written(&met))
}

/// The same for templates that fit the same paths.
pub fn shape(template: &str) -> String {
    shape_of(&read(template))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment<'t> {
    Literal(&'t str),
    Parameter { prefix: &'t str, name: &'t str, suffix: &'t str },
    Rest(&'t str),
}

fn read(template: &str) -> Vec<Segment<'_>> {
    let segment = |text| match split(text) {
        None => Segment::Literal(text),
        Some((prefix, name, suffix)) => match name.strip_suffix("**") {
            Some(name) => Segment::Rest(name),
            None => Segment::Parameter { prefix, name, suffix },
        },
    };
    template.split('/').skip(1).map(segment).collect()
}

fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (prefix, rest) = text.split_once('{')?;
    let (name, suffix) = rest.split_once('}')?;
    Some((prefix, name, suffix))
}

fn met<'t>(one: &[Segment<'t>], other: &[Segment<'t>]) -> Option<Vec<Segment<'t>>> {
    match (one, other) {
        ([], []) => Some(Vec::new()),
        ([Segment::Rest(_)], more) | (more, [Segment::Rest(_)]) if !more.is_empty() => Some(more.to_vec()),
        ([first, rest @ ..], [second, more @ ..]) => {
            let mut both = vec![meet_segment(*first, *second)?];
            both.extend(met(rest, more)?);
            Some(both)
        }
        _ => None,
    }
}

fn meet_segment<'t>(one: Segment<'t>, other: Segment<'t>) -> Option<Segment<'t>> {
    match (one, other) {
        (Segment::Literal(text), Segment::Literal(more)) => (text == more).then_some(one),
        (Segment::Literal(text), Segment::Parameter { prefix, suffix, .. })
        | (Segment::Parameter { prefix, suffix, .. }, Segment::Literal(text)) => {
            let inner = text.strip_prefix(prefix)?.strip_suffix(suffix)?;
            (!inner.is_empty()).then_some(Segment::Literal(text))
        }
        (
            Segment::Parameter { prefix, name, suffix },
            Segment::Parameter { prefix: other_prefix, suffix: other_suffix, .. },
        ) => {
            let prefix = longer(prefix, other_prefix, |long, short| long.starts_with(short))?;
            let suffix = longer(suffix, other_suffix, |long, short| long.ends_with(short))?;
            Some(Segment::Parameter { prefix, name, suffix })
        }
        (Segment::Rest(_), _) | (_, Segment::Rest(_)) => None,
    }
}

fn longer<'t>(one: &'t str, other: &'t str, fits: impl Fn(&str, &str) -> bool) -> Option<&'t str> {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    fits(long, short).then_some(long)
}

fn shape_of(template: &[Segment<'_>]) -> String {
    let mut shape = String::new();
    for segment in template {
        match segment {
            Segment::Literal(text) => shape.extend(["/", text]),
            Segment::Parameter { prefix, suffix, .. } => shape.extend(["/", prefix, "{}", suffix]),
            Segment::Rest(_) => shape.push_str("/{**}"),
        }
    }
    shape
}

fn written(template: &[Segment<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut path = String::new();
    for segment in template {
        let (prefix, name, end) = match *segment {
            Segment::Literal(text) => {
                path.extend(["/", text]);
                continue;
            }
            Segment::Parameter { prefix, name, suffix } => (prefix, name, suffix),
            Segment::Rest(name) => ("", name, ""),
        };
        let again = if names.contains(&name) { format!("_{}", names.len()) } else { String::new() };
        names.push(name);
        let stars = if matches!(segment, Segment::Rest(_)) { "**" } else { "" };
        path.extend(["/", prefix, "{", name, &again, stars, "}", end]);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_two_templates_has_both_their_literals() {
        for (one, other, both) in [
            ("/a/{x}/c", "/a/b/{y}", "/a/b/c"),
            ("/{x}/b/{x2}", "/a/{x}/{x2}", "/a/b/{x2}"),
            ("/a/{x}/c/{x2}", "/a/b/{rest**}", "/a/b/c/{x2}"),
            ("/name:{x}/{y}", "/{y}/{z}.tgz", "/name:{x}/{z}.tgz"),
        ] {
            let met = meet(one, other).map(|met| shape(&met));
            assert_eq!(met, Some(shape(both)), "{one} {other}");
        }
    }

    #[test]
    fn a_special_case_meets_nothing_but_itself() {
        for (wide, narrow) in
            [("/a/{x}", "/a/b"), ("/a/{x**}", "/a/{y}/c"), ("/a/{x}", "/a/{x}.tgz"), ("/a", "/b")]
        {
            assert_eq!(meet(wide, narrow), None, "{wide} {narrow}");
            assert_eq!(meet(narrow, wide), None, "{narrow} {wide}");
        }
    }
}
