//! What keeps the entries of two profiles apart in one keychain.

use std::fmt;

/// Names a profile in the keychain. It must never change while the profile has services.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProfileId(Box<str>);

/// The text is no profile id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile id is 1 to 64 characters out of a-z, 0-9 and -")]
pub struct ProfileIdInvalid;

impl ProfileId {
    /// Reads 1–64 characters `a-z`, `0-9`, `-`. Windows joins service and profile with a dot to one name, so
    /// that a dot in either could make two names one.
    pub fn parse(text: &str) -> Result<Self, ProfileIdInvalid> {
        let sound = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if sound { Ok(Self(text.into())) } else { Err(ProfileIdInvalid) }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_read_as_another_profile_is_refused() {
        assert_eq!(ProfileId::parse("a1-b2").unwrap().to_string(), "a1-b2");
        for bad in ["", "a.b", "a:b", "A", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(ProfileId::parse(bad), Err(ProfileIdInvalid), "{bad}");
        }
    }
}
