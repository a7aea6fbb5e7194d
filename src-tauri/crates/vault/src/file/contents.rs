//! What is inside the vault file: a versioned JSON map from service to credential.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize, de};
use valetkey_core::{ports::VaultError, secret::MasterCredential, service::ServiceName};
use zeroize::Zeroizing;

const VERSION: u32 = 1;

/// The credentials; each wipes itself when dropped.
#[derive(Clone, Default)]
pub(super) struct Contents {
    pub(super) credentials: BTreeMap<ServiceName, MasterCredential>,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    credentials: BTreeMap<&'a str, &'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    version: u32,
    credentials: BTreeMap<String, ReadCredential>,
}

/// Goes from the decrypted text straight into a secret type. (Only a credential with `"` or `\` in it passes
/// through the parser's own buffer, which is not wiped.)
struct ReadCredential(MasterCredential);

impl Contents {
    pub(super) fn encode(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let written = Written {
            version: VERSION,
            credentials: self
                .credentials
                .iter()
                .map(|(name, secret)| (name.as_str(), secret.expose()))
                .collect(),
        };
        // Printable ASCII at most doubles in JSON. Enough from the start: a buffer that grows leaves copies.
        let size = |(name, secret): (&&str, &&str)| name.len() + 2 * secret.len() + 8;
        let capacity = 64 + written.credentials.iter().map(size).sum::<usize>();
        let mut plain = Zeroizing::new(Vec::with_capacity(capacity));
        serde_json::to_writer(&mut *plain, &written).map_err(|_| VaultError::Io)?;
        debug_assert!(plain.len() <= capacity, "the buffer had to grow");
        Ok(plain)
    }

    /// `Damaged` as well if another version wrote it: what is not understood is not touched.
    pub(super) fn decode(plain: &[u8]) -> Result<Self, VaultError> {
        let read: Read = serde_json::from_slice(plain).map_err(|_| VaultError::Damaged)?;
        if read.version != VERSION {
            return Err(VaultError::Damaged);
        }
        let credentials = read
            .credentials
            .into_iter()
            .map(|(name, credential)| {
                Ok((ServiceName::parse(&name).map_err(|_| VaultError::Damaged)?, credential.0))
            })
            .collect::<Result<_, VaultError>>()?;
        Ok(Self { credentials })
    }
}

impl<'de> Deserialize<'de> for ReadCredential {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CredentialVisitor)
    }
}

struct CredentialVisitor;

impl de::Visitor<'_> for CredentialVisitor {
    type Value = ReadCredential;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a master credential")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ReadCredential, E> {
        MasterCredential::parse(text).map(ReadCredential).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_read_back_whatever_the_credential_holds() {
        let mut contents = Contents::default();
        let printable: String = (0x21..0x7f).map(char::from).collect();
        for (name, secret) in [("github", "ghp_1"), ("quotes", &"\"\\".repeat(640)), ("all", &printable)] {
            let secret = MasterCredential::parse(secret).unwrap();
            contents.credentials.insert(ServiceName::parse(name).unwrap(), secret);
        }
        let read = Contents::decode(&contents.encode().unwrap()).unwrap();
        for (name, secret) in &contents.credentials {
            assert_eq!(read.credentials[name].expose(), secret.expose());
        }
        assert_eq!(read.credentials.len(), 3);
    }

    #[test]
    fn the_format_is_what_earlier_versions_wrote() {
        let plain = br#"{"version":1,"credentials":{"github":"ghp_1"}}"#;
        assert_eq!(Contents::decode(plain).unwrap().encode().unwrap().as_slice(), plain);
    }

    #[test]
    fn what_is_not_understood_is_damaged() {
        for bad in [
            "",
            "{}",
            r#"{"version":2,"credentials":{}}"#,
            r#"{"version":1,"credentials":{},"more":1}"#,
            r#"{"version":1,"credentials":{"Not A Name":"x"}}"#,
            r#"{"version":1,"credentials":{"github":""}}"#,
            r#"{"version":1,"credentials":{"github":7}}"#,
            r#"{"version":1,"credentials":{}} "#.trim_end().get(..20).unwrap(),
        ] {
            assert_eq!(Contents::decode(bad.as_bytes()).err(), Some(VaultError::Damaged), "{bad}");
        }
    }
}
