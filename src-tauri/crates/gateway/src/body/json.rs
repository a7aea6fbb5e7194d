use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use valetkey_core::body::Contents;

use super::BodyError;

/// A JSON value, as far as a decision needs it. An object with a name twice is no value: readers differ in which of the two they take.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Text(String),
    Object(Vec<(String, Json)>),
    Other,
}

impl Json {
    pub(super) fn read(body: &[u8]) -> Result<Self, BodyError> {
        serde_json::from_slice(body).map_err(|_| BodyError::Json)
    }
}

/// The text of the member `name`.
pub(super) fn member(body: &[u8], name: &str) -> Result<Contents, BodyError> {
    let mut value = None;
    if let Json::Object(members) = Json::read(body)? {
        for (known, found) in members {
            if known == name {
                value = if let Json::Text(text) = found { Some(text.into()) } else { None };
            } else if folded(&known) == folded(name) {
                // Readers of Go take this one too.
                return Err(BodyError::Json);
            }
        }
    }
    Ok(Contents::Member { name: name.into(), value })
}

/// As readers compare names that tell no letter case apart: the long s and the sign for kelvin are letters of ASCII to them.
fn folded(name: &str) -> String {
    let plain = |letter| match letter {
        'ſ' => 's',
        '\u{212A}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    name.chars().map(plain).collect()
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Json::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        /// Keeps the search for doubled names short.
        const MOST: usize = 256;
        let mut members: Vec<(String, Json)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Json>()? {
            if members.len() == MOST || members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom("a name twice, or too many names"));
            }
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn operation(body: &str) -> Result<Option<String>, BodyError> {
        match member(body.as_bytes(), "kind")? {
            Contents::Member { value, .. } => Ok(value.map(Into::into)),
            Contents::Graph(_) => panic!("no GraphQL was asked for"),
        }
    }

    #[test]
    fn a_member_is_read_where_every_reader_reads_the_same() {
        let upload = Ok(Some("upload".to_owned()));
        assert_eq!(operation(r#"{"kind":"upload","objects":[{"kind":1}]}"#), upload);
        assert_eq!(operation(r#" {"a":{"kind":"x"},"k\u0069nd":"up\u006coad"} "#), upload);
        for none in
            [r"{}", r#"{"kind":null}"#, r#"{"kind":["upload"]}"#, r#"[{"kind":"upload"}]"#, r#""kind""#]
        {
            assert_eq!(operation(none), Ok(None), "{none}");
        }
        for bad in [
            r#"{"kind":"download","kind":"upload"}"#,
            r#"{"kind":"download","Kind":"upload"}"#,
            "{\"kind\":\"download\",\"\u{212A}ind\":\"upload\"}",
            r#"{"a":{"x":1,"x":2},"kind":"upload"}"#,
            r#"{"kind":"upload"} {"kind":"download"}"#,
            r#"/**/{"kind":"upload"}"#,
            "\u{feff}{\"kind\":\"upload\"}",
            r#"{"kind":"upload",}"#,
            r"{'kind':'upload'}",
            "",
        ] {
            assert_eq!(operation(bad), Err(BodyError::Json), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = member(&body, "kind");
        }
    }
}
