//! A certificate authority of this machine's own.
//!
//! Its key is all that lasts; the owner's vault has it. The certificate says the same each time it is made anew, so that a client that
//! was given an earlier one goes on trusting what is issued. It can vouch for the names it was made for and for nothing else, which
//! clients enforce (RFC 5280 §4.2.1.10).

use std::{collections::BTreeSet, fmt::Write as _, net::IpAddr, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
    PKCS_ECDSA_P256_SHA256, SanType, SerialNumber,
};
use rustls::{
    crypto::ring::sign::any_ecdsa_type,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::CertifiedKey,
};
use valetkey_core::time::Timestamp;
use zeroize::{Zeroize, Zeroizing};

use crate::gateway::random_start;

/// A clock that is behind must not find what was just made not valid yet.
const BEFORE: Duration = Duration::from_hours(24);
/// How long an authority's certificate is valid from when it is made, which is at every start.
const AUTHORITY_TIME: Duration = Duration::from_hours(24 * 365 * 5);
/// How long a server's certificate is valid.
pub(crate) const LEAF_TIME: Duration = Duration::from_hours(24 * 30);

/// What an authority vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The gateway itself: `localhost`, the names below it, 127.0.0.1 and `::1`.
    Loopback,
    /// These hosts, as their services' base URLs write them.
    Hosts(BTreeSet<Box<str>>),
}

/// Why there is no authority.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// What the vault gave is not the key of one.
    #[error("the key of the certificate authority is damaged")]
    Key,
    /// A certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    Certificate(Box<str>),
}

impl From<rcgen::Error> for AuthorityError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error.to_string().into())
    }
}

/// An authority that is ready to issue.
pub struct Authority {
    key: KeyPair,
    params: CertificateParams,
    certificate: Certificate,
    purpose: Purpose,
}

impl Drop for Authority {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

impl Authority {
    /// A new key, in the one-line form in which the vault keeps it.
    pub fn generate_key() -> Result<Zeroizing<String>, AuthorityError> {
        let mut key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let text = Zeroizing::new(STANDARD.encode(key.serialized_der()));
        key.zeroize();
        Ok(text)
    }

    /// The authority with this key.
    pub fn new(key: &str, purpose: Purpose, now: Timestamp) -> Result<Self, AuthorityError> {
        let der = Zeroizing::new(STANDARD.decode(key).map_err(|_| AuthorityError::Key)?);
        let key =
            KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(&**der), &PKCS_ECDSA_P256_SHA256)
                .map_err(|_| AuthorityError::Key)?;
        let mut params = params(now, AUTHORITY_TIME);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name = subject(&params, &key, &purpose);
        params.name_constraints =
            Some(NameConstraints { permitted_subtrees: permitted(&purpose), excluded_subtrees: Vec::new() });
        let certificate = params.self_signed(&key)?;
        Ok(Self { key, params, certificate, purpose })
    }

    /// Its certificate, for the owner to hand to clients.
    pub fn certificate_pem(&self) -> String {
        self.certificate.pem()
    }

    /// What it vouches for.
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// A server certificate for these names, with a key that exists in memory only.
    pub(crate) fn issue(&self, names: &[&str], now: Timestamp) -> Result<CertifiedKey, AuthorityError> {
        let mut params = params(now, LEAF_TIME);
        // No common name: some clients would hold that to the constraints too, as if it were a host.
        params.distinguished_name = named(DnType::OrganizationName, "Valet Key");
        params.subject_alt_names = names.iter().map(|name| alternative(name)).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let mut key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let issued = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key))?;
        let signing = any_ecdsa_type(&PrivateKeyDer::Pkcs8(key.serialize_der().into()));
        key.zeroize();
        let signing = signing.map_err(|error| AuthorityError::Certificate(error.to_string().into()))?;
        Ok(CertifiedKey::new(vec![issued.der().clone()], signing))
    }
}

fn params(now: Timestamp, time: Duration) -> CertificateParams {
    let mut params = CertificateParams::default();
    let since_epoch = Duration::from_millis(u64::try_from(now.as_millis()).unwrap_or(0));
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + since_epoch.saturating_sub(BEFORE);
    params.not_after = epoch + since_epoch + time;
    // Two certificates of one issuer never have one number (RFC 5280 §4.1.2.2).
    params.serial_number = Some(SerialNumber::from(random_start() | 1));
    params
}

/// The key is part of the name: two profiles on one machine are two authorities, and no client mixes them up.
fn subject(params: &CertificateParams, key: &KeyPair, purpose: &Purpose) -> DistinguishedName {
    let mut name = String::from(match purpose {
        Purpose::Loopback => "Valet Key HTTPS ",
        Purpose::Hosts(_) => "Valet Key proxy ",
    });
    for byte in params.key_identifier(key).iter().take(4) {
        // Writing to a String can't fail.
        let _ = write!(name, "{byte:02x}");
    }
    named(DnType::CommonName, &name)
}

fn named(kind: DnType, text: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(kind, text);
    name
}

fn permitted(purpose: &Purpose) -> Vec<GeneralSubtree> {
    let hosts: Vec<&str> = match purpose {
        // A name stands for those below it too.
        Purpose::Loopback => vec!["localhost", "127.0.0.1", "::1"],
        Purpose::Hosts(hosts) => hosts.iter().map(|host| bare(host)).collect(),
    };
    let mut permitted: Vec<_> = hosts
        .iter()
        .map(|host| match host.parse::<IpAddr>() {
            Ok(address) => GeneralSubtree::IpAddress(just(address)),
            Err(_) => GeneralSubtree::DnsName((*host).to_owned()),
        })
        .collect();
    // A kind of name that is not listed at all would be free (RFC 5280 §4.2.1.10), so each kind is.
    if !permitted.iter().any(|subtree| matches!(subtree, GeneralSubtree::DnsName(_))) {
        permitted.push(GeneralSubtree::DnsName("invalid".into()));
    }
    if !permitted.iter().any(|subtree| matches!(subtree, GeneralSubtree::IpAddress(_))) {
        permitted.push(GeneralSubtree::IpAddress(just(IpAddr::from([192, 0, 2, 0]))));
    }
    permitted
}

fn just(address: IpAddr) -> CidrSubnet {
    CidrSubnet::from_addr_prefix(address, if address.is_ipv4() { 32 } else { 128 })
}

fn alternative(name: &str) -> Result<SanType, AuthorityError> {
    Ok(match bare(name).parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(name.try_into()?),
    })
}

/// Without the brackets of an IPv6 literal.
pub(crate) fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

    #[test]
    fn a_key_makes_the_same_authority_again() {
        let key = Authority::generate_key().unwrap();
        assert!(key.len() <= valetkey_core::secret::MAX_CREDENTIAL_LEN);
        let first = Authority::new(&key, Purpose::Loopback, NOW).unwrap();
        let second = Authority::new(&key, Purpose::Loopback, NOW).unwrap();
        assert_eq!(first.params.distinguished_name, second.params.distinguished_name);
        assert_ne!(first.certificate_pem(), second.certificate_pem(), "each has a number of its own");
    }

    #[test]
    fn two_keys_are_two_authorities() {
        let of = |purpose: Purpose| {
            let key = Authority::generate_key().unwrap();
            Authority::new(&key, purpose, NOW).unwrap().params.distinguished_name.clone()
        };
        assert_ne!(of(Purpose::Loopback), of(Purpose::Loopback));
    }

    #[test]
    fn what_is_no_key_is_damaged() {
        for bad in ["", "AAAA", "not base64"] {
            assert_eq!(
                Authority::new(bad, Purpose::Loopback, NOW).unwrap_err(),
                AuthorityError::Key,
                "{bad}"
            );
        }
    }

    #[test]
    fn no_kind_of_name_is_left_free() {
        for hosts in [&[][..], &["api.example.com"], &["127.0.0.1"], &["[::1]", "git.example.com"]] {
            let subtrees = permitted(&Purpose::Hosts(hosts.iter().map(|host| Box::from(*host)).collect()));
            assert!(
                subtrees.iter().any(|subtree| matches!(subtree, GeneralSubtree::DnsName(_))),
                "{hosts:?}"
            );
            assert!(
                subtrees.iter().any(|subtree| matches!(subtree, GeneralSubtree::IpAddress(_))),
                "{hosts:?}"
            );
        }
    }

    #[test]
    fn nothing_of_the_key_is_printed() {
        let key = Authority::generate_key().unwrap();
        let authority = Authority::new(&key, Purpose::Loopback, NOW).unwrap();
        assert_eq!(format!("{authority:?}"), "Authority { purpose: Loopback, .. }");
    }
}
