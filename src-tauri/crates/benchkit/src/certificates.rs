//! A local CA and a certificate for localhost, good for as long as the bench runs.

use std::{fs, io, path::Path};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// Writes `ca.pem`, `service.pem` and `service-key.pem`.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    let (ca, certificate, key) = make().map_err(io::Error::other)?;
    fs::write(folder.join("ca.pem"), ca)?;
    fs::write(folder.join("service.pem"), certificate)?;
    fs::write(folder.join("service-key.pem"), key)
}

fn make() -> Result<(String, String, String), rcgen::Error> {
    let mut issuer = CertificateParams::default();
    // Two names: OpenSSL takes a certificate whose issuer is called as itself for a self-signed one.
    issuer.distinguished_name.push(DnType::CommonName, "CA of the bench");
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(issuer, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let mut service = CertificateParams::new(["localhost".to_owned()])?;
    service.distinguished_name.push(DnType::CommonName, "localhost");
    let certificate = service.signed_by(&key, &issuer)?;
    Ok((issuer.pem(), certificate.pem(), key.serialize_pem()))
}
