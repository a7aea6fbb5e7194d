use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
};

/// What an operation requires, in any of the ways to write it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// `"nothing"`
    Nothing,
    /// `"one"` is one alternative of one; `["a", "b"]` one alternative, all of it; `[["a", "b"], ["c"]]` any of
    /// (all of …).
    AnyOf(Vec<Vec<String>>),
}

impl Serialize for Requirement {
    /// In the shortest way to write it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_str("nothing"),
            Self::AnyOf(any) => match any.as_slice() {
                [all] => match all.as_slice() {
                    [one] => one.serialize(serializer),
                    _ => all.serialize(serializer),
                },
                _ => any.serialize(serializer),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RequirementVisitor)
    }
}

struct RequirementVisitor;

impl<'de> Visitor<'de> for RequirementVisitor {
    type Value = Requirement;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"nothing\", a permission, a list of permissions, or a list of such lists")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Requirement, E> {
        match text {
            "nothing" => Ok(Requirement::Nothing),
            one => Ok(Requirement::AnyOf(vec![vec![one.to_owned()]])),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Requirement, A::Error> {
        let mixed = || A::Error::custom("a list holds either permissions or lists of permissions, not both");
        let mut flat = Vec::new();
        let mut nested = Vec::new();
        while let Some(element) = list.next_element()? {
            match element {
                Element::Permission(name) => flat.push(name),
                Element::AllOf(names) => nested.push(names),
            }
            if !flat.is_empty() && !nested.is_empty() {
                return Err(mixed());
            }
        }
        Ok(Requirement::AnyOf(if flat.is_empty() { nested } else { vec![flat] }))
    }
}

enum Element {
    Permission(String),
    AllOf(Vec<String>),
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Element;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a permission or a list of permissions")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Element, E> {
        Ok(Element::Permission(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Element, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(Element::AllOf(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_of(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn every_way_to_write_a_requirement_is_read() {
        let read = |json| serde_json::from_str::<Requirement>(json).unwrap();
        assert_eq!(read(r#""nothing""#), Requirement::Nothing);
        assert_eq!(read(r#""a""#), Requirement::AnyOf(vec![all_of(&["a"])]));
        assert_eq!(read(r#"["a","b"]"#), Requirement::AnyOf(vec![all_of(&["a", "b"])]));
        assert_eq!(
            read(r#"[["a","b"],["c"]]"#),
            Requirement::AnyOf(vec![all_of(&["a", "b"]), all_of(&["c"])])
        );
    }

    #[test]
    fn a_requirement_is_written_in_the_shortest_way() {
        for shortest in [r#""nothing""#, r#""a""#, r#"["a","b"]"#, r#"[["a","b"],["c"]]"#, r#"[["a"],["c"]]"#]
        {
            let read: Requirement = serde_json::from_str(shortest).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), shortest);
        }
    }

    #[test]
    fn a_list_of_both_kinds_is_refused() {
        for bad in [r#"["a",["b"]]"#, r#"[["a"],"b"]"#, "1", "null", "{}", r"[1]", r#"[[["a"]]]"#] {
            assert!(serde_json::from_str::<Requirement>(bad).is_err(), "{bad}");
        }
    }
}
