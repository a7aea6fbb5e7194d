use valetkey_core::{
    http::Method,
    path::{PathError, Query, Unusual},
    rules::{EndpointIndex, RouterBuilder, Segment},
};

use super::SkipReason;
use crate::{Problem, compile::template::Shape, limits, problem::shown};

/// A path template of a document, in the catalog's way of writing.
#[derive(Clone)]
pub(super) struct Path {
    pub(super) segments: Vec<Segment>,
    /// Names of its parameters, left to right.
    pub(super) names: Vec<Box<str>>,
    /// Parameters by which it is told from others on the same path.
    pub(super) query: Vec<(String, String)>,
}

impl Path {
    /// Reads a template. A parameter is one segment, or a part of one: nothing in a document says reliably that one takes more.
    pub(super) fn parse(text: &str, refused: &[String]) -> Result<Self, SkipReason> {
        if text.len() > limits::PATH {
            return Err(Problem::PathTooLong.into());
        }
        let (path, query) = match parts(text) {
            (_, _, Some(_)) => return Err(Problem::Path(PathError::ForbiddenByte).into()),
            (path, query, None) => (path, query),
        };
        let segments = split(path)?;
        let mut names: Vec<String> = Vec::new();
        let rewritten: String = segments.iter().map(|segment| segment.rewritten(&mut names)).collect();
        let shape = Shape::parse(&rewritten, Unusual::default())?;
        let routable =
            RouterBuilder::default().add(0, EndpointIndex::MAIN, Method::Get, &shape.segments, &[]);
        routable.map_err(Problem::from)?;
        let query = query.map_or(Ok(Vec::new()), |query| conditions(query, refused))?;
        Ok(Self { segments: shape.segments, names: shape.names, query })
    }

    /// Equal for templates that fit the same paths.
    pub(super) fn key(&self) -> String {
        self.spelled(|_| "")
    }

    /// As a definition has it.
    pub(super) fn text(&self) -> String {
        self.spelled(|place| &self.names[place])
    }

    fn spelled<'n>(&self, name: impl Fn(usize) -> &'n str) -> String {
        let mut text = String::new();
        let mut place = 0;
        for segment in &self.segments {
            match segment {
                Segment::Literal(literal) => text.extend(["/", literal]),
                Segment::Parameter { prefix, suffix } => {
                    text.extend(["/", prefix, "{", name(place), "}", suffix]);
                    place += 1;
                }
                Segment::Rest => {
                    text.extend(["/{", name(place), "**}"]);
                    place += 1;
                }
            }
        }
        text
    }

    /// Those of its segments that have no parameter.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Literal(text) => Some(&**text),
            Segment::Parameter { .. } | Segment::Rest => None,
        })
    }

    /// The name of the parameter that is segment `index`.
    pub(super) fn name_at(&self, index: usize) -> &str {
        let before = self.segments[..index].iter().filter(|segment| !matches!(segment, Segment::Literal(_)));
        &self.names[before.count()]
    }
}

/// Path, query and fragment, none of them looked for inside braces.
fn parts(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let mut depth = 0_usize;
    let mut find = |wanted: char| {
        depth = 0;
        text.find(|c: char| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && c == wanted
        })
    };
    let (fragment, query) = (find('#'), find('?'));
    let end = fragment.unwrap_or(text.len());
    match query.filter(|at| *at < end) {
        Some(at) => (&text[..at], Some(&text[at + 1..end]), fragment.map(|at| &text[at..])),
        None => (&text[..end], None, fragment.map(|at| &text[at..])),
    }
}

/// One segment as a document writes it: text, with what stands in braces.
#[derive(Default)]
struct Written<'t> {
    before: &'t str,
    names: Vec<&'t str>,
    behind: &'t str,
}

/// Braces may hold a `/`, so they are read before segments are told apart.
fn split(path: &str) -> Result<Vec<Written<'_>>, SkipReason> {
    let malformed = || SkipReason::Path(Problem::Segment { text: shown(path) });
    let mut rest = path.strip_prefix('/').ok_or(Problem::Path(PathError::NotOriginForm))?;
    let mut segments = vec![Written::default()];
    loop {
        let end = rest.find(['/', '{', '}']);
        let (text, next) = end.map_or((rest, None), |at| (&rest[..at], rest[at..].chars().next()));
        let Some(segment) = segments.last_mut() else { return Err(malformed()) };
        if segment.names.is_empty() {
            segment.before = text;
        } else {
            segment.behind = text;
        }
        match next {
            None => return Ok(segments),
            Some('/') => {
                segments.push(Written::default());
                rest = &rest[text.len() + 1..];
            }
            Some('{') => {
                let inside = &rest[text.len() + 1..];
                let end = inside.find(['{', '}']).ok_or_else(malformed)?;
                if inside[end..].starts_with('{') {
                    return Err(malformed());
                }
                let behind = &inside[end + 1..];
                if inside.starts_with(['?', '&']) {
                    // Operators of RFC 6570 for a query's parameters: no part of the path.
                    return if behind.is_empty() { Ok(segments) } else { Err(malformed()) };
                }
                segment.names.push(&inside[..end]);
                rest = behind;
            }
            Some(_) => return Err(malformed()),
        }
    }
}

impl Written<'_> {
    /// In the catalog's way of writing, with `/` before it. Several parameters in one segment are one: what stands between them does
    /// not part them for certain.
    fn rewritten(&self, names: &mut Vec<String>) -> String {
        if self.names.is_empty() {
            return format!("/{}", self.before);
        }
        let wanted = self.names.iter().map(|name| named(name)).collect::<Vec<_>>().join("_");
        let mut name = wanted.clone();
        let mut number = 2;
        while names.contains(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        let text = format!("/{}{{{name}}}{}", self.before, self.behind);
        names.push(name);
        text
    }
}

/// What is left of a parameter's name when it has only what a name may have.
fn named(text: &str) -> String {
    const LONGEST: usize = 60;
    let bare =
        text.split(['=', ':', '*']).next().unwrap_or_default().trim_start_matches(['+', '/', '#', '.', ';']);
    let sound = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' };
    let name: String = bare.trim_end_matches('+').chars().take(LONGEST).map(sound).collect();
    if name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        name
    } else {
        format!("p_{name}")
    }
}

fn conditions(query: &str, refused: &[String]) -> Result<Vec<(String, String)>, SkipReason> {
    let unclear = || SkipReason::Path(Problem::Query { text: shown(query) });
    let whole = Query::parse(query).map_err(|_| unclear())?;
    let mut conditions = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(unclear)?;
        let plain = !name.is_empty()
            && part.len() <= limits::NAME
            && whole.plain_value(name) == Some(value)
            && !part.contains(['{', '}'])
            && !whole.names_any(refused);
        if !plain || conditions.len() == limits::CONDITIONS {
            return Err(unclear());
        }
        conditions.push((name.to_owned(), value.to_owned()));
    }
    conditions.sort();
    Ok(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> Option<String> {
        Path::parse(path, &["key".into()]).ok().map(|path| path.text())
    }

    #[test]
    fn templates_become_those_of_the_catalog() {
        for (written, read) in [
            ("/", "/"),
            ("/a/{b}/", "/a/{b}/"),
            ("/files/{name}.tgz", "/files/{name}.tgz"),
            ("/compare/{base}...{head}", "/compare/{base_head}"),
            ("/p(x={a},y={b})", "/p(x={a_b})"),
            ("/a/{id}/b/{id}", "/a/{id}/b/{id_2}"),
            ("/a/{user id}", "/a/{user_id}"),
            ("/v1/{name=projects/*}:run", "/v1/{name}:run"),
            ("/{proxy+}", "/{proxy}"),
            ("/{+path}", "/{path}"),
            ("/{1}", "/{p_1}"),
            ("/{}", "/{p_}"),
            ("/a{?page,size}", "/a"),
            ("/a?action=run", "/a"),
        ] {
            assert_eq!(text(written).as_deref(), Some(read), "{written}");
        }
    }

    #[test]
    fn what_could_be_read_two_ways_is_left_out() {
        for bad in [
            "a",
            "//",
            "/a//b",
            "/a/../b",
            "/a b",
            "/é",
            "/a%41",
            "/a;b",
            "/a#b",
            "/{a",
            "/a}",
            "/{a{b}}",
            "/a?b={c}",
            "/a?b",
            "/a?key=1",
            "/a?_method=PUT",
        ] {
            assert_eq!(text(bad), None, "{bad}");
        }
        assert_eq!(text(&"/{a}".repeat(17)), None);
    }

    #[test]
    fn a_query_tells_operations_apart() {
        let path = Path::parse("/a?b=2&a=1", &[]).unwrap();
        assert_eq!(path.query, [("a".into(), "1".into()), ("b".into(), "2".into())]);
    }
}
