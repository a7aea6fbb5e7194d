//! What a program needs so that it reaches services through the HTTPS proxy, and trusts it.

use std::{fmt::Write, process::Command};

use base64::{Engine, engine::general_purpose::STANDARD};
use valetkey_host::Profile;
use valetkey_wire::{Code, Error as HostError, LocalTls, LocalTlsState, SecretText, TokenRow};

use crate::error::Error;

/// Where programs look for a proxy.
const PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
/// Where they look for a file with everything that they trust: OpenSSL, Python, curl, git, pip, cargo, the AWS tools.
const TRUST: [&str; 7] = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "PIP_CERT",
    "CARGO_HTTP_CAINFO",
    "AWS_CA_BUNDLE",
];

/// Whether the token may, and the gateway can.
pub(crate) fn judge(row: &TokenRow, proxy: &LocalTls) -> Result<(), HostError> {
    if !row.proxy {
        return Err(HostError::new(Code::Invalid, format!("“{}” may not use the HTTPS proxy", row.name))
            .with_hint(format!("vk token update {} --proxy", row.id)));
    }
    match proxy.state {
        LocalTlsState::Ready => Ok(()),
        LocalTlsState::Off | LocalTlsState::Unavailable => {
            let problem = proxy.problem.as_deref().unwrap_or("it has not been started");
            Err(HostError::new(Code::Vault, format!("the HTTPS proxy can't be used now: {problem}"))
                .with_hint("vk unlock"))
        }
    }
}

/// For this program and those that it starts, and for no other.
pub(crate) fn set(
    command: &mut Command,
    profile: &Profile,
    address: &str,
    secret: &SecretText,
) -> Result<(), Error> {
    let certificate = profile.proxy_certificate();
    let own = std::fs::read_to_string(&certificate).map_err(|_| Error::Unexpected)?;
    let bundle = profile.write_bundle(&format!("{}{own}", system_roots()))?;
    for variable in PROXY {
        command.env(variable, format!("http://x:{}@{address}", secret.expose()));
    }
    for variable in TRUST {
        command.env(variable, &bundle);
    }
    // Node adds to what it trusts, and takes a proxy from its environment only when told to.
    command.env("NODE_EXTRA_CA_CERTS", &certificate).env("NODE_USE_ENV_PROXY", "1");
    Ok(())
}

/// What the system trusts. Where that can't be read, the program trusts the proxy alone, and fails where it goes elsewhere.
fn system_roots() -> String {
    let mut pem = String::new();
    for root in rustls_native_certs::load_native_certs().certs {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in STANDARD.encode(&root).as_bytes().chunks(64) {
            // Writing to a String can't fail, and base64 is ASCII.
            let _ = writeln!(pem, "{}", String::from_utf8_lossy(line));
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_written_so_that_they_read_back() {
        use rustls::pki_types::{CertificateDer, pem::PemObject};

        let expected = rustls_native_certs::load_native_certs().certs.len();
        let pem = system_roots();
        let read = CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).count();
        assert_eq!(read, expected);
    }
}
