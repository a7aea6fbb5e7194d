use valetkey_core::{
    path::{Path, PathError, Unusual},
    rules::{RouteError, Segment, Template},
};

use crate::{Problem, limits, problem::shown};

/// A path template, read.
pub(crate) struct Shape {
    pub(crate) segments: Template,
    /// Names of its parameters, left to right.
    pub(crate) names: Vec<Box<str>>,
    /// The template with the parameters' names taken out: equal where two templates match the same paths.
    pub(crate) key: String,
    /// Whether the last parameter takes several segments.
    pub(crate) rest: bool,
}

impl Shape {
    pub(crate) fn parse(path: &str, enabled: Unusual) -> Result<Self, Problem> {
        if path.len() > limits::PATH {
            return Err(Problem::PathTooLong);
        }
        let texts = path.strip_prefix('/').ok_or(PathError::NotOriginForm)?;
        let mut shape = Self { segments: Vec::new(), names: Vec::new(), key: String::new(), rest: false };
        // The template as a request would spell it, to be judged as one.
        let mut request = String::new();
        for text in texts.split('/') {
            if shape.rest {
                return Err(RouteError::RestNotLast.into());
            }
            shape.key.push('/');
            request.push('/');
            let Some((prefix, name, suffix)) = split(text)? else {
                shape.key.push_str(text);
                request.push_str(text);
                shape.segments.push(Segment::Literal(text.into()));
                continue;
            };
            shape.push(text, prefix, name, suffix)?;
            // `x` is no hex digit, so that text around a parameter can't lend it half a percent-encoding.
            request.extend([prefix, "x", suffix]);
        }
        let path = Path::parse(&request)?;
        if path.unusual().within(enabled) { Ok(shape) } else { Err(PathError::NotEnabled.into()) }
    }

    fn push(&mut self, text: &str, prefix: &str, name: &str, suffix: &str) -> Result<(), Problem> {
        let malformed = || Problem::Segment { text: shown(text) };
        let bare = name.strip_suffix("**");
        self.rest = bare.is_some();
        let name = bare.unwrap_or(name);
        let well_named = name.len() <= limits::NAME
            && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        if !well_named || self.rest && !(prefix.is_empty() && suffix.is_empty()) {
            return Err(malformed());
        }
        if self.names.iter().any(|known| **known == *name) {
            return Err(Problem::Duplicate { first: format!("the parameter {{{name}}} before it").into() });
        }
        self.names.push(name.into());
        if self.rest {
            self.key.push_str("{**}");
            self.segments.push(Segment::Rest);
        } else {
            self.key.extend([prefix, "{}", suffix]);
            self.segments.push(Segment::Parameter { prefix: prefix.into(), suffix: suffix.into() });
        }
        Ok(())
    }
}

/// Text before the parameter, what stands in the braces, text behind; `None` where there are no braces.
fn split(segment: &str) -> Result<Option<(&str, &str, &str)>, Problem> {
    let malformed = || Problem::Segment { text: shown(segment) };
    let Some((prefix, rest)) = segment.split_once('{') else {
        return if segment.contains('}') { Err(malformed()) } else { Ok(None) };
    };
    let (name, suffix) = rest.split_once('}').ok_or_else(malformed)?;
    if [prefix, name, suffix].iter().any(|part| part.contains(['{', '}'])) {
        return Err(malformed());
    }
    Ok(Some((prefix, name, suffix)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(path: &str) -> Result<String, Problem> {
        Shape::parse(path, Unusual::default()).map(|shape| shape.key)
    }

    #[test]
    fn templates_are_read_and_keep_their_shape() {
        for (path, key) in [
            ("/", "/"),
            ("/a/{b}/", "/a/{}/"),
            ("/{file}.tgz", "/{}.tgz"),
            ("/v{major}/x", "/v{}/x"),
            ("/models/{model}:run", "/models/{}:run"),
            ("/{all**}", "/{**}"),
            ("/a%20b/{x}", "/a%20b/{}"),
        ] {
            assert_eq!(judge(path).as_deref(), Ok(key));
        }
    }

    #[test]
    fn what_could_be_read_two_ways_is_refused() {
        for (bad, why) in [
            ("", Problem::Path(PathError::NotOriginForm)),
            ("a", Problem::Path(PathError::NotOriginForm)),
            ("//a", Problem::Path(PathError::EmptySegment)),
            ("/a/../b", Problem::Path(PathError::DotSegment)),
            ("/a%2eb", Problem::Path(PathError::MalformedEncoding)),
            ("/a%41", Problem::Path(PathError::ForbiddenEncoding)),
            ("/é", Problem::Path(PathError::ForbiddenByte)),
            ("/a?b", Problem::Path(PathError::ForbiddenByte)),
            ("/%4{x}", Problem::Path(PathError::MalformedEncoding)),
            ("/a%2Fb", Problem::Path(PathError::NotEnabled)),
            ("/a;b", Problem::Path(PathError::NotEnabled)),
            ("/{a**}/b", Problem::Route(RouteError::RestNotLast)),
            ("/{a**}/", Problem::Route(RouteError::RestNotLast)),
        ] {
            assert_eq!(judge(bad), Err(why), "{bad}");
        }
        for bad in [
            "/{}", "/{a", "/a}", "/{a}{b}", "/{a}-{b}", "/{{a}}", "/x{a**}", "/{a**}x", "/{**}", "/{a b}",
            "/{a*}",
        ] {
            assert!(matches!(judge(bad), Err(Problem::Segment { .. })), "{bad}");
        }
        assert!(matches!(judge("/{a}/{a}"), Err(Problem::Duplicate { .. })));
        assert_eq!(judge(&format!("/{}", "a".repeat(limits::PATH))), Err(Problem::PathTooLong));
    }
}
