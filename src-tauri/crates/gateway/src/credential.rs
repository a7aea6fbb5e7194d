//! Finds the one personal token of a request.

use base64::{Engine, engine::general_purpose::STANDARD};
use valetkey_core::{
    decision::TokenProblem,
    token::{Presented, TOKEN_LEN},
};

use crate::{denial::Denial, guard::Head};

/// The longest decoded Basic pair that is looked at: a user name and a token.
const MAX_PAIR: usize = 512;

/// Takes the token from exactly one place: `Authorization` (Bearer, token, or Basic with the token as password), or one of
/// `client_headers`, in which the service's own clients send their key.
pub(crate) fn find(head: &Head, bytes: &[u8], client_headers: &[Box<str>]) -> Result<Presented, Denial> {
    let mut found = None;
    for (name, value) in head.fields(bytes) {
        let is_authorization = name.eq_ignore_ascii_case(b"authorization");
        let is_client_header =
            || client_headers.iter().any(|header| name.eq_ignore_ascii_case(header.as_bytes()));
        if is_authorization || is_client_header() {
            if found.is_some() {
                return Err(Denial::TwoCredentials);
            }
            found = Some(if is_authorization { from_authorization(value) } else { from_key_header(value) });
        }
    }
    match found {
        None => Err(Denial::Token(TokenProblem::Absent, None)),
        Some(None) => Err(Denial::Token(TokenProblem::Malformed, None)),
        Some(Some(presented)) => Ok(presented),
    }
}

/// The same inside a tunnel, which the token of its CONNECT stands for: what a client sends there is often a placeholder and is dropped like
/// every credential, but a personal token must be the same one.
pub(crate) fn inside(
    head: &Head,
    bytes: &[u8],
    client_headers: &[Box<str>],
    tunnel: Presented,
) -> Result<Presented, Denial> {
    for (name, value) in head.fields(bytes) {
        let sent = if name.eq_ignore_ascii_case(b"authorization") {
            from_authorization(value)
        } else if client_headers.iter().any(|header| name.eq_ignore_ascii_case(header.as_bytes())) {
            from_key_header(value)
        } else {
            None
        };
        if sent.is_some_and(|sent| sent != tunnel) {
            return Err(Denial::TwoCredentials);
        }
    }
    Ok(tunnel)
}

/// From the value of `Authorization`, or of `Proxy-Authorization`, which has its form.
pub(crate) fn from_authorization(value: &[u8]) -> Option<Presented> {
    let space = value.iter().position(|byte| *byte == b' ')?;
    let (scheme, rest) = (&value[..space], value[space..].trim_ascii());
    if scheme.eq_ignore_ascii_case(b"bearer") || scheme.eq_ignore_ascii_case(b"token") {
        Presented::recognise(rest)
    } else if scheme.eq_ignore_ascii_case(b"basic") {
        from_basic(rest)
    } else {
        None
    }
}

fn from_basic(encoded: &[u8]) -> Option<Presented> {
    let mut pair = zeroize::Zeroizing::new([0u8; MAX_PAIR]);
    let length = STANDARD.decode_slice(encoded, pair.as_mut_slice()).ok()?;
    let colon = pair[..length].iter().position(|byte| *byte == b':')?;
    Presented::recognise(&pair[colon + 1..length])
}

/// A bare key, or one behind `Bearer`, as some clients write it there too.
fn from_key_header(value: &[u8]) -> Option<Presented> {
    if value.len() == TOKEN_LEN { Presented::recognise(value) } else { from_authorization(value) }
}

#[cfg(test)]
mod tests {
    use valetkey_core::token::TokenSecret;

    use super::*;
    use crate::guard::read_head;

    fn find_in(fields: &str) -> Result<Presented, Denial> {
        let bytes = format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n");
        let mut head = Head::default();
        read_head(bytes.as_bytes(), &mut head).unwrap();
        find(&head, bytes.as_bytes(), &["X-Api-Key".into()])
    }

    #[test]
    fn a_token_is_found_wherever_clients_send_it() {
        let (_, secret) = TokenSecret::generate().unwrap();
        let token = secret.expose();
        let basic = STANDARD.encode(format!("x-access-token:{token}"));
        for fields in [
            format!("Authorization: Bearer {token}"),
            format!("authorization: token {token}"),
            format!("AUTHORIZATION: bearer   {token}"),
            format!("Authorization: Basic {basic}"),
            format!("x-api-key: {token}"),
            format!("X-Api-Key: Bearer {token}"),
        ] {
            assert_eq!(find_in(&fields).unwrap().digest, secret.digest(), "{fields}");
        }
    }

    #[test]
    fn none_two_and_malformed_are_told_apart() {
        let (_, secret) = TokenSecret::generate().unwrap();
        let token = secret.expose();
        assert!(matches!(find_in("Host: x"), Err(Denial::Token(TokenProblem::Absent, None))));
        for two in [
            format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}"),
            format!("Authorization: Bearer {token}\r\nX-Api-Key: {token}"),
            "Authorization:\r\nAuthorization: x".to_owned(),
        ] {
            assert!(matches!(find_in(&two), Err(Denial::TwoCredentials)), "{two}");
        }
        for malformed in [
            "Authorization:".to_owned(),
            "Authorization: Bearer".to_owned(),
            format!("Authorization: {token}"),
            format!("Authorization: Bearer {token}, Bearer {token}"),
            format!("Authorization: Bearer {token}x"),
            format!("Authorization: Digest {token}"),
            format!("Authorization: Basic {token}"),
            format!("Authorization: Basic {}", STANDARD.encode(token)),
        ] {
            assert!(
                matches!(find_in(&malformed), Err(Denial::Token(TokenProblem::Malformed, None))),
                "{malformed}"
            );
        }
    }
}
