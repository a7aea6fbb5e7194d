//! Figures as JSON: written for programs, read again for the parts that a later run leaves as they are.

use std::fmt;

/// A JSON value. An object keeps the order in which it was made.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// Nothing; what was not measured.
    Null,
    /// Yes or no.
    Bool(bool),
    /// Written with at most three decimals: more were never measured.
    Number(f64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Json>),
    /// Names and values in order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// An object of these fields.
    pub(super) fn object<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The same object with one field put in or replaced.
    pub(super) fn with(self, name: &str, value: Self) -> Self {
        let Self::Object(mut fields) = self else { return Self::object([(name, value)]) };
        match fields.iter_mut().find(|(found, _)| found == name) {
            Some((_, old)) => *old = value,
            None => fields.push((name.to_owned(), value)),
        }
        Self::Object(fields)
    }

    /// A field of an object; `Null` where there is none.
    pub(super) fn field(&self, name: &str) -> &Self {
        match self {
            Self::Object(fields) => {
                fields.iter().find(|(found, _)| found == name).map_or(&Self::Null, |(_, value)| value)
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => &Self::Null,
        }
    }

    /// The values of a list; nothing otherwise.
    pub(super) fn list(&self) -> &[Self] {
        if let Self::List(values) = self { values } else { &[] }
    }

    /// The number, if it is one.
    pub(super) const fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The text; empty otherwise.
    pub(super) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    /// The value of a whole JSON text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text.trim() };
        let value = reader.value()?;
        reader.rest.trim().is_empty().then_some(value)
    }

    fn is_flat(&self) -> bool {
        let contains_none = |mut values: Box<dyn Iterator<Item = &Self> + '_>| {
            values.all(|v| !matches!(v, Self::List(_) | Self::Object(_)))
        };
        match self {
            Self::List(values) => contains_none(Box::new(values.iter())),
            Self::Object(fields) => contains_none(Box::new(fields.iter().map(|(_, value)| value))),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => true,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let (open, close, parts): (_, _, Vec<(Option<&str>, &Self)>) = match self {
            Self::Null => return f.write_str("null"),
            Self::Bool(yes) => return write!(f, "{yes}"),
            Self::Number(number) => return write_number(f, *number),
            Self::Text(text) => return write_text(f, text),
            Self::List(values) => ('[', ']', values.iter().map(|value| (None, value)).collect()),
            Self::Object(fields) => {
                ('{', '}', fields.iter().map(|(name, value)| (Some(name.as_str()), value)).collect())
            }
        };
        let on_one_line = self.is_flat();
        write!(f, "{open}")?;
        for (place, (name, value)) in parts.iter().enumerate() {
            match (place, on_one_line) {
                (0, true) => {}
                (_, true) => f.write_str(", ")?,
                (0, false) => write!(f, "\n{:1$}", "", depth + 2)?,
                (_, false) => write!(f, ",\n{:1$}", "", depth + 2)?,
            }
            if let Some(name) = name {
                write_text(f, name)?;
                f.write_str(": ")?;
            }
            value.write(f, depth + 2)?;
        }
        if !on_one_line {
            write!(f, "\n{:1$}", "", depth)?;
        }
        write!(f, "{close}")
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl From<f64> for Json {
    /// JSON has no word for what is not a number.
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }
}

impl From<u32> for Json {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Json {
    #[expect(clippy::cast_precision_loss, reason = "counts and sizes here are far below 2^53")]
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<usize> for Json {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

fn write_number(f: &mut fmt::Formatter<'_>, number: f64) -> fmt::Result {
    let text = format!("{number:.3}");
    f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

/// Reads what the writer writes, and what other tools write of the same kinds.
struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Json> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '{' => self
                .parts('}', |reader| {
                    let name = reader.string()?;
                    reader.take(':')?;
                    Some((name, reader.value()?))
                })
                .map(Json::Object),
            '[' => self.parts(']', Self::value).map(Json::List),
            '"' => self.string().map(Json::Text),
            _ => self.word(),
        }
    }

    fn parts<T>(&mut self, close: char, mut part: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.rest = &self.rest[1..];
        let mut parts = Vec::new();
        if self.take(close).is_some() {
            return Some(parts);
        }
        loop {
            parts.push(part(self)?);
            if self.take(',').is_none() {
                return self.take(close).map(|()| parts);
            }
        }
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(wanted)?;
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        self.take('"')?;
        let mut text = String::new();
        let mut letters = self.rest.char_indices();
        loop {
            match letters.next()? {
                (place, '"') => {
                    self.rest = &self.rest[place + 1..];
                    return Some(text);
                }
                (_, '\\') => match letters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    'u' => {
                        let code: String = letters.by_ref().take(4).map(|(_, digit)| digit).collect();
                        text.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                    }
                    other => text.push(other),
                },
                (_, letter) => text.push(letter),
            }
        }
    }

    fn word(&mut self) -> Option<Json> {
        let end = self.rest.find([',', '}', ']', ' ', '\n']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "null" => Some(Json::Null),
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            number => number.parse().ok().map(Json::Number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let value = Json::object([
            ("rows", Json::List(vec![Json::object([("name", "a \"b\"\n".into()), ("rate", 1.25.into())])])),
            ("none", Json::Null),
            ("yes", Json::Bool(true)),
            ("empty", Json::List(Vec::new())),
        ]);
        assert_eq!(Json::parse(&value.to_string()), Some(value));
    }

    #[test]
    fn numbers_are_written_short() {
        assert_eq!(Json::from(3_u64).to_string(), "3");
        assert_eq!(Json::from(0.5).to_string(), "0.5");
        assert_eq!(Json::from(1200.0).to_string(), "1200");
        assert_eq!(Json::from(f64::NAN), Json::Null);
    }

    #[test]
    fn a_text_that_is_no_json_is_nothing() {
        for text in ["", "{", "{\"a\":}", "[1,]", "[1] 2", "words"] {
            assert_eq!(Json::parse(text), None, "{text}");
        }
    }
}
