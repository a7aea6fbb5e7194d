use valetkey_core::http::Method;

use super::BodyError;
use crate::guard::Head;

/// Longest boundary of a multipart body (RFC 2046 §5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// What a body says it is, as far as that matters to who reads parameters out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data` with this boundary.
    Multipart(Vec<u8>),
    /// JSON of some kind.
    Json,
    /// It says nothing; a service may still try to read JSON.
    Unlabelled,
    /// Nothing that parameters are read from.
    Opaque,
}

impl Media {
    /// Judges Content-Type and Content-Encoding. Whatever two readers could take for different things is refused.
    pub(crate) fn of(method: Method, head: &Head, bytes: &[u8]) -> Result<Self, BodyError> {
        Self::said(method, head.values(bytes, "content-type"), head.values(bytes, "content-encoding"))
    }

    /// The same of the values of these fields.
    pub(super) fn said<'v>(
        method: Method,
        mut types: impl Iterator<Item = &'v [u8]>,
        mut encodings: impl Iterator<Item = &'v [u8]>,
    ) -> Result<Self, BodyError> {
        let media = match (types.next(), types.next()) {
            // Rack takes such a POST for a form.
            (None, _) if method == Method::Post => Err(BodyError::MediaType),
            (None, _) => Ok((Self::Unlabelled, Encoding::Refused)),
            (Some(value), None) => read(value).ok_or(BodyError::MediaType),
            (Some(_), Some(_)) => Err(BodyError::MediaType),
        };
        let (media, encoding) = media?;
        let is_encoded = encodings.any(|value| !value.eq_ignore_ascii_case(b"identity"));
        if is_encoded && encoding == Encoding::Refused { Err(BodyError::Encoded) } else { Ok(media) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Refused,
    /// Of git's own bodies, which it sends under gzip.
    Taken,
}

fn read(value: &[u8]) -> Option<(Media, Encoding)> {
    let text = std::str::from_utf8(value).ok()?.to_ascii_lowercase();
    // Rack ends the type at a comma too.
    if text.contains(',') {
        return None;
    }
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next()?;
    let (kind, subtype) = essence.split_once('/')?;
    if !is_token(kind) || !is_token(subtype) {
        return None;
    }
    let media = match essence {
        "application/x-www-form-urlencoded" => Media::Form,
        "multipart/form-data" => Media::Multipart(boundary(value, &text)?),
        _ if kind == "multipart" => return None,
        _ if subtype.contains("json") => Media::Json,
        _ => Media::Opaque,
    };
    let in_utf8 = parts
        .filter_map(|part| part.strip_prefix("charset="))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii"));
    let encoding =
        if essence.starts_with("application/x-git-") { Encoding::Taken } else { Encoding::Refused };
    (in_utf8 || media == Media::Opaque).then_some((media, encoding))
}

/// The boundary, which stands there once, so that first and last are the same.
fn boundary(value: &[u8], lower: &str) -> Option<Vec<u8>> {
    let mut places = lower.match_indices("boundary=");
    let (Some((place, _)), None) = (places.next(), places.next()) else { return None };
    if !lower[..place].trim_end().ends_with(';') {
        return None;
    }
    let from = &value[place + "boundary=".len()..];
    let given = from.split(|byte| *byte == b';').next()?.trim_ascii();
    let quoted = given.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let boundary = quoted.unwrap_or(given);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+_-./:=?".contains(byte);
    ((1..=LONGEST_BOUNDARY).contains(&boundary.len()) && boundary.iter().all(plain))
        .then(|| boundary.to_owned())
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::read_head;

    fn of(method: Method, fields: &str) -> Result<Media, BodyError> {
        let bytes = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n");
        let mut head = Head::default();
        read_head(bytes.as_bytes(), &mut head).unwrap();
        Media::of(method, &head, bytes.as_bytes())
    }

    #[test]
    fn what_is_plainly_said_is_taken() {
        let boundary = |text: &str| Media::Multipart(text.into());
        for (value, media) in [
            ("application/x-www-form-urlencoded", Media::Form),
            ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", Media::Form),
            ("application/json", Media::Json),
            ("application/vnd.git-lfs+json; charset=\"utf-8\"", Media::Json),
            (
                "multipart/form-data; boundary=----WebKitFormBoundaryAb1",
                boundary("----WebKitFormBoundaryAb1"),
            ),
            ("multipart/form-data; charset=utf-8; boundary=\"a:b?c\"", boundary("a:b?c")),
            ("application/octet-stream", Media::Opaque),
            ("text/plain; charset=utf-16", Media::Opaque),
        ] {
            assert_eq!(of(Method::Post, &format!("Content-Type: {value}")), Ok(media), "{value}");
        }
        assert_eq!(of(Method::Put, "Host: x"), Ok(Media::Unlabelled));
        let git = "Content-Type: application/x-git-upload-pack-request\r\nContent-Encoding: gzip";
        assert_eq!(of(Method::Post, git), Ok(Media::Opaque));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for fields in [
            "Host: x",
            "Content-Type:",
            "Content-Type: json",
            "Content-Type: application /json",
            "Content-Type: text/plain, application/x-www-form-urlencoded",
            "Content-Type: text/plain\r\nContent-Type: application/x-www-form-urlencoded",
            "Content-Type: application/x-www-form-urlencoded; charset=utf-16",
            "Content-Type: application/json; charset=utf-7",
            "Content-Type: multipart/mixed; boundary=a",
            "Content-Type: multipart/form-data",
            "Content-Type: multipart/form-data; boundary=a; boundary=b",
            "Content-Type: multipart/form-data; xboundary=a; boundary=b",
            "Content-Type: multipart/form-data; xboundary=a",
            "Content-Type: multipart/form-data; boundary=\"a b\"",
            "Content-Type: multipart/form-data; boundary=",
        ] {
            assert_eq!(of(Method::Post, fields), Err(BodyError::MediaType), "{fields}");
        }
        for kind in ["application/json", "application/octet-stream"] {
            let fields = format!("Content-Type: {kind}\r\nContent-Encoding: gzip");
            assert_eq!(of(Method::Post, &fields), Err(BodyError::Encoded), "{kind}");
        }
    }
}
