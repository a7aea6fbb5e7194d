//! Scope strings of services that have them: read into grants, and made of grants.

use std::collections::BTreeMap;

use valetkey_catalog::{import::space::Family, scope_string};
use valetkey_core::{
    grant::Grant,
    service::ServiceName,
    tokens::{Connected, Services},
};
use valetkey_wire as wire;

use crate::{Error, inner::Inner};

/// What `text` means in grants of `service`. Whether the owner may give them is judged when they do.
pub(crate) fn read(inner: &Inner, service: &str, text: &str) -> Result<Vec<String>, Error> {
    let state = inner.state();
    let found = state.services.get_key_value(service).filter(|(_, connected)| has_them(connected));
    let Some((name, connected)) = found else {
        return Err(if state.services.contains_key(service) {
            Error::NoScopeStrings { service: service.into() }
        } else {
            Error::unknown_service(service)
        });
    };
    let grants = scope_string::grants(text, name, &connected.rules)?;
    Ok(grants.iter().map(ToString::to_string).collect())
}

/// What `grants` are in the words of each service that has such words.
pub(crate) fn of_grants(grants: &[&Grant], services: &Services) -> Vec<wire::ScopeString> {
    let mut by_service: BTreeMap<&ServiceName, Vec<&Grant>> = BTreeMap::new();
    for grant in grants {
        by_service.entry(&grant.service).or_default().push(grant);
    }
    let text = |(name, grants): (&ServiceName, Vec<&Grant>)| {
        let connected = services.get(name).filter(|connected| has_them(connected))?;
        let text = scope_string::written(grants, &connected.rules);
        Some(wire::ScopeString { service: name.to_string(), text })
    };
    by_service.into_iter().filter_map(text).collect()
}

fn has_them(connected: &Connected) -> bool {
    Family::of_kind(&connected.service.kind).is_some()
}
