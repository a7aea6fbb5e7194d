//! A secret in the forms in which it could have been written down.

use std::fmt::Write;

/// A secret that must not be found.
#[derive(Debug)]
pub(crate) struct Canary {
    what: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    pub(crate) fn new(what: &str, secret: &str) -> Self {
        let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
        let percent = |byte: u8| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        let json = serde_json::to_string(secret).unwrap();
        let json = json[1..json.len() - 1].to_owned();
        let hex = each(&|byte| format!("{byte:02x}"));
        let mut forms = vec![
            ("raw", secret.to_owned()),
            ("hex", hex.clone()),
            ("HEX", hex.to_uppercase()),
            ("percent", each(&percent)),
            (
                "percent, small",
                each(&|byte| percent(byte).replace(&format!("%{byte:02X}"), &format!("%{byte:02x}"))),
            ),
            ("percent throughout", each(&|byte| format!("%{byte:02X}"))),
            ("percent throughout, small", each(&|byte| format!("%{byte:02x}"))),
            ("JSON", json.clone()),
            ("JSON with slashes", json.replace('/', "\\/")),
            ("JSON throughout", each(&|byte| format!("\\u{byte:04x}"))),
        ];
        forms.extend(inner_base64(secret));
        let mut forms: Vec<(&str, Vec<u8>)> =
            forms.into_iter().map(|(form, text)| (form, text.into_bytes())).collect();
        forms.push(("UTF-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        forms.push(("UTF-16, big end first", secret.encode_utf16().flat_map(u16::to_be_bytes).collect()));
        Self { what: what.to_owned(), forms }
    }

    pub(crate) fn forms(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.forms.iter().map(|(form, bytes)| (*form, bytes.as_slice()))
    }

    /// What was found, and in which form.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Option<String> {
        let has = |form: &[u8]| memchr::memmem::find(bytes, form).is_some();
        let (form, _) = self.forms().find(|(_, form)| has(form))?;
        Some(format!("{} ({form})", self.what))
    }
}

/// What of its base64 is the same whatever stands before and after, for each of the three places it can begin at.
fn inner_base64(secret: &str) -> Vec<(&'static str, String)> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let padded = ["x".repeat(before), secret.to_owned()].concat();
        let encoded = String::from_utf8(base64(padded.as_bytes())).unwrap();
        let (start, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        let inner = encoded[start..end].to_owned();
        forms.push(("base64 for URLs", inner.replace('+', "-").replace('/', "_")));
        forms.push(("base64", inner));
    }
    forms
}

/// RFC 4648 §4.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = String::new();
    for byte in bytes {
        write!(bits, "{byte:08b}").unwrap();
    }
    let sextets = bits.as_bytes().chunks(6).map(|bits| {
        let bits = std::str::from_utf8(bits).unwrap();
        ALPHABET[usize::from_str_radix(&format!("{bits:0<6}"), 2).unwrap()]
    });
    let mut encoded: Vec<u8> = sextets.collect();
    encoded.resize(encoded.len().next_multiple_of(4), b'=');
    encoded
}
