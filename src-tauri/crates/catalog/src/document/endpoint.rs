use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
};

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointEntry {
    pub(crate) base_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) elsewhere: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credential_form: Option<String>,
}

/// An object of endpoints, in the order in which it is written; no name twice.
#[derive(Default)]
pub(crate) struct EndpointEntries(pub(crate) Vec<(String, EndpointEntry)>);

impl Serialize for EndpointEntries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, entry)| (name, entry)))
    }
}

impl<'de> Deserialize<'de> for EndpointEntries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = EndpointEntries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object whose values are endpoints")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EndpointEntries, A::Error> {
        // More than a definition takes; keeps the search for doubled names short.
        const LONGEST: usize = 128;
        let mut entries: Vec<(String, EndpointEntry)> = Vec::new();
        while let Some((name, entry)) = map.next_entry::<String, EndpointEntry>()? {
            if entries.len() == LONGEST {
                return Err(A::Error::custom("too many fields"));
            }
            if entries.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
            entries.push((name, entry));
        }
        Ok(EndpointEntries(entries))
    }
}
