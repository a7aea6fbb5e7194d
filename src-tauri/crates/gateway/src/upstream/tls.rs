use std::sync::Arc;

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::Error;

/// How services are dialled over TLS.
#[derive(Clone, Debug)]
pub(crate) struct ClientTls {
    /// HTTP/1.1 alone: for upgrades, which HTTP/2 has not.
    pub(crate) one: Arc<ClientConfig>,
    /// HTTP/2 where the service has it.
    pub(crate) two: Arc<ClientConfig>,
}

impl ClientTls {
    pub(crate) fn new() -> Result<Self, Error> {
        let offering = |protocols: &[&[u8]]| {
            let mut config = client_config()?;
            config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
            Ok::<_, Error>(Arc::new(config))
        };
        Ok(Self { one: offering(&[b"http/1.1"])?, two: offering(&[b"h2", b"http/1.1"])? })
    }
}

/// TLS 1.2 or 1.3 with the platform's trust. There is no switch to turn verification off.
fn client_config() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| Error::Tls { problem: error.to_string().into() })?
        .with_no_client_auth();
    Ok(config)
}
