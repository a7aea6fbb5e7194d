use std::borrow::Cow;

use super::PathError;

/// A query string that passed: visible ASCII without `#`, no parameter that overrides the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'t>(&'t str);

/// Parameters by which frameworks let a request pose as another method (Rack, Symfony, Express and others).
const METHOD_OVERRIDES: [&str; 5] =
    ["_method", "_http_method", "x-http-method", "x-http-method-override", "x-method-override"];

impl<'t> Query<'t> {
    /// Judges what stands behind the `?`.
    pub fn parse(text: &'t str) -> Result<Self, PathError> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Err(PathError::QueryForbiddenByte);
        }
        let query = Self(text);
        if query.names_any(&METHOD_OVERRIDES) {
            return Err(PathError::QueryParameterRefused);
        }
        Ok(query)
    }

    /// As it came and as it will be sent.
    pub const fn as_str(self) -> &'t str {
        self.0
    }

    /// Whether a parameter has one of `names`, in any letter case and any percent-encoding. A part in brackets
    /// (`sudo[]`) counts with the name before it.
    pub fn names_any<N: AsRef<str>>(self, names: &[N]) -> bool {
        self.0.split(['&', ';']).any(|parameter| {
            let raw = parameter.split('=').next().unwrap_or_default();
            if raw.is_empty() {
                return false;
            }
            is_one_of(raw, names)
        })
    }

    /// The value of the one parameter `name`; `None` where it is absent, doubled, or where name or value stand in
    /// any spelling but the plain one, since a service may then read another value.
    pub fn plain_value(self, name: &str) -> Option<&'t str> {
        let mut found = None;
        for parameter in self.0.split(['&', ';']) {
            let (raw_name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if is_one_of(raw_name, &[name]) {
                let plain = raw_name == name && !value.contains(['%', '+']);
                if found.is_some() || !plain {
                    return None;
                }
                found = Some(value);
            }
        }
        found
    }
}

/// Whether a parameter in a body has a name that is refused: one of `refused`, or one that overrides the method.
pub fn is_refused_parameter(name: &str, refused: &[Box<str>]) -> bool {
    is_one_of(name, &METHOD_OVERRIDES) || is_one_of(name, refused)
}

/// Whether a parameter's name, as it is spelt, is one of `names` to some server: brackets at its beginning and spaces around it are
/// passed over, and what stands in brackets behind it is a part of what it names (Rack).
fn is_one_of<N: AsRef<str>>(spelt: &str, names: &[N]) -> bool {
    let name = lenient_decode(spelt);
    let around = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\u{feff}';
    let whole = name.trim_start_matches(|letter| around(letter) || matches!(letter, '[' | ']'));
    let name = whole.split(['[', ']']).next().unwrap_or_default().trim_end_matches(around);
    names.iter().map(AsRef::as_ref).any(|known| is_called(name, known) || is_called(whole, known))
}

/// Whether `name` is `known` in any letter case, and to PHP, which puts `_` for what its variables can't have in their names.
fn is_called(name: &str, known: &str) -> bool {
    let same = |(byte, known): (u8, u8)| {
        byte.eq_ignore_ascii_case(&known) || known == b'_' && matches!(byte, b'.' | b' ' | b'[')
    };
    // No name holds brackets: where one is asked for with them, nothing has it.
    !known.contains(['[', ']']) && name.len() == known.len() && name.bytes().zip(known.bytes()).all(same)
}

/// Decodes as the most forgiving server would, for comparing names with refused ones only.
fn lenient_decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[place], hex(place + 1), hex(place + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high << 4 | low).unwrap_or_default());
                place += 3;
            }
            (b'+', _, _) => {
                out.push(b' ');
                place += 1;
            }
            (byte, _, _) => {
                out.push(byte);
                place += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_overrides_are_found_in_any_disguise() {
        for bad in [
            "_method=DELETE",
            "a=1&_METHOD=x",
            "%5Fmethod=x",
            "_method[]=x",
            "[_method]=x",
            "+_method=x",
            "%00_method%20=x",
            "a;_method=1",
            "_method",
        ] {
            assert_eq!(Query::parse(bad), Err(PathError::QueryParameterRefused), "{bad}");
        }
        assert!(Query::parse("method=1&a_method=2&x=_method").is_ok());
    }

    #[test]
    fn a_parameter_that_matters_is_read_only_in_its_plain_form() {
        let value = |query| Query::parse(query).unwrap().plain_value("service");
        assert_eq!(value("service=git-upload-pack"), Some("git-upload-pack"));
        assert_eq!(value("service=a&service=b"), None);
        assert_eq!(value("%73ervice=a"), None);
        assert_eq!(value("service=a%2Db"), None);
        assert_eq!(value("Service=a"), None);
        assert_eq!(value("service=a&SERVICE=b"), None);
        assert_eq!(value("service=a&[service]=b"), None);
        assert_eq!(value("x=1"), None);
    }
}
