//! Paths as Grape and Rails write them, in the format of a definition.
//!
//! `:name` is one segment, `*name` one or more, `(x)` may be left out, and text may stand around a name. Where `*name` and what
//! follows it are parameters to the end, the last of them takes the rest, which is the same set of paths. In the middle of a path the
//! format has no such thing: there it becomes several templates, up to as many segments as such a name has in practice; a longer one is
//! unknown.

use crate::Error;

/// All templates of one path.
pub(crate) fn templates(path: &str) -> Result<Vec<String>, Error> {
    // Parentheses with a backslash stand for themselves.
    let plain = path.replace("\\(", "\u{1}").replace("\\)", "\u{2}");
    let mut found = Vec::new();
    for whole in optional(&plain) {
        // An optional slash left out before a name that spans segments leaves nothing that could be matched.
        let stuck =
            whole.split('/').any(|segment| !segment.starts_with('*') && segment.ends_with("*suffix_path"));
        if stuck {
            continue;
        }
        let segments: Vec<String> = whole.split('/').skip(1).map(ToOwned::to_owned).collect();
        let malformed = || Error::Path { path: path.to_owned() };
        let segments = segments.iter().map(|text| Segment::read(text)).collect::<Option<Vec<_>>>();
        for spelt in spelt_out(&segments.ok_or_else(malformed)?) {
            let template = written(&spelt);
            if !found.contains(&template) {
                found.push(template);
            }
        }
    }
    Ok(found)
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Literal(String),
    Parameter { prefix: String, name: String, suffix: String },
    Star(String),
}

impl Segment {
    fn read(text: &str) -> Option<Self> {
        let text = text.replace('\u{1}', "(").replace('\u{2}', ")");
        if let Some(name) = text.strip_prefix('*') {
            return is_name(name).then(|| Self::Star(name.to_owned()));
        }
        if let Some((prefix, rest)) = text.split_once('*') {
            // Several names between fixed texts are one parameter here.
            let suffix = rest.rsplit_once('*').map_or(rest, |(_, last)| last);
            let suffix = suffix.trim_start_matches(|c: char| is_name_char(c));
            return Some(Self::Parameter {
                prefix: prefix.to_owned(),
                name: "value".to_owned(),
                suffix: suffix.to_owned(),
            });
        }
        let Some((prefix, rest)) = text.split_once(':') else { return Some(Self::Literal(text)) };
        let end = rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len());
        let (name, suffix) = rest.split_at(end);
        let sound = is_name(name) && !suffix.contains([':', '*']);
        sound.then(|| Self::Parameter {
            prefix: prefix.to_owned(),
            name: name.to_owned(),
            suffix: suffix.to_owned(),
        })
    }

    fn is_bare(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Parameter { prefix, suffix, .. } => prefix.is_empty() && suffix.is_empty(),
            Self::Star(_) => true,
        }
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name_char)
}

/// With and without each part in parentheses.
fn optional(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('(') else { return vec![path.to_owned()] };
    let Some((part, after)) = rest.split_once(')') else { return vec![path.to_owned()] };
    [format!("{before}{after}"), format!("{before}{part}{after}")]
        .iter()
        .flat_map(|path| optional(path))
        .collect()
}

/// How many segments a name has at most where more follows.
fn longest(name: &str) -> usize {
    match name {
        "module_name" => 8,
        "path" => 10,
        "distribution" => 4,
        _ => 2,
    }
}

/// Without names that span segments, but for one at the end.
fn spelt_out(segments: &[Segment]) -> Vec<Vec<Segment>> {
    let bare_end = segments.iter().rev().take_while(|segment| segment.is_bare()).count();
    let (head, tail) = segments.split_at(segments.len() - bare_end);
    let mut spelt = vec![Vec::new()];
    for segment in head {
        spelt = match segment {
            Segment::Star(name) => repeated(&spelt, name),
            other @ (Segment::Literal(_) | Segment::Parameter { .. }) => {
                spelt.into_iter().map(|so_far| joined(so_far, vec![other.clone()])).collect()
            }
        };
    }
    let spans = tail.iter().any(|segment| matches!(segment, Segment::Star(_)));
    let tail: Vec<Segment> = tail
        .iter()
        .map(|segment| match segment {
            Segment::Star(name) => parameter(name),
            other @ (Segment::Literal(_) | Segment::Parameter { .. }) => other.clone(),
        })
        .collect();
    spelt
        .into_iter()
        .map(|head| {
            let mut whole = joined(head, tail.clone());
            if spans && let Some(Segment::Parameter { name, .. }) = whole.pop() {
                whole.push(Segment::Star(name));
            }
            whole
        })
        .collect()
}

fn repeated(spelt: &[Vec<Segment>], name: &str) -> Vec<Vec<Segment>> {
    let times = |so_far: &Vec<Segment>, count| joined(so_far.clone(), vec![parameter(name); count]);
    (1..=longest(name)).flat_map(|count| spelt.iter().map(move |so_far| times(so_far, count))).collect()
}

fn joined(mut head: Vec<Segment>, tail: Vec<Segment>) -> Vec<Segment> {
    head.extend(tail);
    head
}

fn parameter(name: &str) -> Segment {
    Segment::Parameter { prefix: String::new(), name: name.to_owned(), suffix: String::new() }
}

/// A name that comes again gets a number.
fn written(segments: &[Segment]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut template = String::new();
    for segment in segments {
        template.push('/');
        let (prefix, name, suffix) = match segment {
            Segment::Literal(text) => {
                template.push_str(text);
                continue;
            }
            Segment::Parameter { prefix, name, suffix } => (prefix.as_str(), name, format!("}}{suffix}")),
            Segment::Star(name) => ("", name, "**}".to_owned()),
        };
        let before = names.iter().filter(|known| *known == name).count();
        names.push(name);
        template.push_str(prefix);
        template.push('{');
        template.push_str(name);
        if before > 0 {
            template.extend(["_", &(before + 1).to_string()]);
        }
        template.push_str(&suffix);
    }
    template
}

#[cfg(test)]
mod tests {
    use super::templates;

    #[test]
    fn paths_are_spelt_out_in_the_format_of_a_definition() {
        for (path, expected) in [
            ("/a/:id", vec!["/a/{id}"]),
            ("/a/(-/)b", vec!["/a/b", "/a/-/b"]),
            ("/f/:name.tgz", vec!["/f/{name}.tgz"]),
            ("/m/*path/:file", vec!["/m/{path}/{file**}"]),
            ("/m/(*path/):file", vec!["/m/{file}", "/m/{path}/{file**}"]),
            ("/n/*package_name/x", vec!["/n/{package_name}/x", "/n/{package_name}/{package_name_2}/x"]),
            ("/l(/)(*suffix_path)", vec!["/l", "/l/", "/l/{suffix_path**}"]),
            ("/P\\(Id='*a',V='*b'\\)", vec!["/P(Id='{value}')"]),
            ("/F\\(\\)", vec!["/F()"]),
        ] {
            assert_eq!(templates(path).unwrap(), expected, "{path}");
        }
        assert!(templates("/a/:").is_err());
    }
}
