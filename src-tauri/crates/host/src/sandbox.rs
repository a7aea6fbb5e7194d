//! The sandbox: a service inside this program, for the first minute. It runs while its credential is at hand.

use valetkey_core::{
    secret::MasterCredential,
    service::{BaseUrl, DefinitionSource, Service, ServiceName},
};
use valetkey_sandbox::Sandbox;

use crate::{
    Error,
    inner::{Inner, held},
};

/// The kind whose services run in here.
pub(crate) const KIND: &str = "sandbox";
/// What a sandbox answers to "who am I": the owner's rights among it.
pub(crate) const ME: &str = "/me";
/// The values of its one kind of context.
pub(crate) const NAMESPACES: &str = "/namespaces";

/// Whether `service` runs in here; with a definition of the owner's own it is somewhere else.
pub(crate) fn is_sandbox(service: &Service) -> bool {
    &*service.kind == KIND && service.definition == DefinitionSource::Catalog
}

/// A credential that nobody has to think of.
pub(crate) fn new_credential() -> Result<MasterCredential, Error> {
    let mut random = zeroize::Zeroizing::new([0u8; 16]);
    getrandom::fill(random.as_mut()).map_err(|_| Error::Core(valetkey_core::Error::NoEntropy))?;
    let text = zeroize::Zeroizing::new(format!("{:032x}", u128::from_be_bytes(*random)));
    Ok(MasterCredential::parse(&text).map_err(valetkey_core::Error::from)?)
}

/// Starts a sandbox and says where it is; its port is another every time.
pub(crate) async fn start(
    inner: &Inner,
    name: &ServiceName,
    credential: &MasterCredential,
) -> Result<BaseUrl, Error> {
    let sandbox = Sandbox::start(credential.expose()).await.map_err(Error::Sandbox)?;
    let base_url = BaseUrl::parse(&sandbox.base_url()).map_err(valetkey_core::Error::from)?;
    held(&inner.sandboxes).insert(name.clone(), sandbox);
    Ok(base_url)
}

/// Whether a sandbox began anew, so that what it said of itself no longer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    Anew,
    No,
}

/// Where `name` is a sandbox: has it running, with the base URL of this run.
pub(crate) async fn ready(inner: &Inner, name: &ServiceName, credential: &MasterCredential) -> Begun {
    let is_sandbox = inner.state().services.get(name).is_some_and(|connected| is_sandbox(&connected.service));
    if !is_sandbox || held(&inner.sandboxes).contains_key(name) {
        return Begun::No;
    }
    // Without a port of its own it can't be reached, and that shows when it is asked.
    let Ok(base_url) = start(inner, name, credential).await else { return Begun::No };
    inner.put(|state| state.move_service(name, base_url)).await;
    Begun::Anew
}

/// Stops all of them; they hold credentials in their own way.
pub(crate) fn stop_all(inner: &Inner) {
    held(&inner.sandboxes).clear();
}

/// Stops one, where it is one.
pub(crate) fn stop(inner: &Inner, name: &ServiceName) {
    held(&inner.sandboxes).remove(name);
}
