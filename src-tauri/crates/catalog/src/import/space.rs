//! JetBrains Space and `CodeCanvas`, which came of it: one form of API, one model of permissions.
//!
//! A [`Model`] is what such a service says of itself: its rights, and its endpoints with the rights that each checks. [`document`] makes a
//! definition of it. The service leaves some things open; these are the rules by which they are settled:
//!
//! - **Several rights at one endpoint are all needed.** It says that they “may be checked”, and not whether any one would do. Where
//!   `Superadmin` is among them, rights of a project or channel beside it are alternatives for a target in that project or channel.
//!   Which target that is stands in no path, so only `Superadmin`, which holds for every one, counts.
//! - **An endpoint without a right is closed** to limited access: what it does depends on who owns what it reaches, and everything is the
//!   owner's here. [`OPEN`] describes the product and no organisation; [`PASSWORDS`] have rights that name them.
//! - **A right can be granted where it can be enforced**: everywhere, or in a context that some path with it names. A right that no endpoint
//!   checks is not offered: it would allow nothing.
//! - **A project is what the request calls it**, `key:SITE` or `id:2k3`; a channel and a package repository are known by their id.
//! - **What makes or reveals a credential is marked**, so that only a grant of that very right allows it.

mod model;
mod paths;
mod risks;
mod served;

use std::collections::{BTreeMap, BTreeSet};

pub use model::{Endpoint, Family, Model, Place, Right};
use paths::Routed;
pub use served::{MODEL_PATH, RIGHTS_PATH, model};
use valetkey_core::grant::PermissionName;

use crate::{
    Error, Problem,
    document::{
        ClosedEntry, ContextEntry, Document, EndpointEntries, OperationEntry, Pairs, PermissionEntry,
        Requirement, SwitchEntry,
    },
    limits,
};

/// What any grant allows: the API described, which is the same for everybody.
const OPEN: [&str; 2] = ["/api/http/http-api-model", "/api/http/permissions"];

/// Passwords for applications, and the rights whose names say that they are about them. No endpoint of theirs names a right.
const PASSWORDS: (&str, &str, &str) = (
    "application-passwords",
    "Profile.TwoFactorAuthentication.Create",
    "Profile.TwoFactorAuthentication.Edit",
);

/// Whoever has it may grant everything to everybody.
const SUPERADMIN: &str = "Superadmin";

/// Endpoints of one service. Real ones have some 800; telling paths apart takes their square.
const ENDPOINTS: usize = 5000;

/// What an endpoint asks of a limited token.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// Any grant.
    Anything,
    /// All of these.
    AllOf(BTreeSet<String>),
    /// More than can be granted.
    Closed,
}

/// The definition of a service that says `model` of itself; `source` says where that comes from.
pub fn document(family: Family, model: &Model, source: &str) -> Result<String, Error> {
    if model.endpoints.len() > ENDPOINTS {
        return Err(Error::refused("endpoints", Problem::TooMany { limit: ENDPOINTS }));
    }
    let rights: BTreeMap<&str, &Right> =
        model.rights.iter().map(|right| (right.code.as_str(), right)).collect();
    let asked = |endpoint: &Endpoint| asked(endpoint, &rights);
    let routed = paths::routed(model.endpoints.iter().map(|endpoint| (endpoint, asked(endpoint))), &rights);
    let places = enforced(&routed);
    if places.is_empty() {
        return Err(Error::refused("endpoints", Problem::NoRight));
    }
    let (contexts, permissions) = (contexts(family, &places), permissions(family, model, &places));
    let (operations, closed) = entries(routed, family);
    Document {
        version: 1,
        kind: family.kind().into(),
        title: family.title().into(),
        description: family.description().into(),
        source: plain(source, limits::DESCRIPTION),
        base_url: None,
        needs_base_url: None,
        needs_credential: None,
        credential_form: None,
        endpoints: EndpointEntries::default(),
        client_headers: Vec::new(),
        contexts,
        permissions,
        operations,
        by_number: Vec::new(),
        closed,
        graphql: None,
        switches: SwitchEntry {
            encoded_slash: true,
            refused_parameters: vec!["access_token".into()],
            ..SwitchEntry::default()
        },
    }
    .text()
}

fn asked(endpoint: &Endpoint, rights: &BTreeMap<&str, &Right>) -> Asked {
    let (passwords, create, edit) = PASSWORDS;
    let named = &endpoint.rights;
    if named.is_empty() {
        return match endpoint.method.as_str() {
            "GET" if OPEN.contains(&endpoint.path.as_str()) => Asked::Anything,
            "POST" if endpoint.path.ends_with(passwords) => Asked::AllOf([create.into()].into()),
            _ if endpoint.path.contains(passwords) => Asked::AllOf([edit.into()].into()),
            _ => Asked::Closed,
        };
    }
    if named.iter().any(|code| PermissionName::parse(code).is_err() || code == "nothing") {
        return Asked::Closed;
    }
    let narrow = |code: &str| {
        rights.get(code).is_some_and(|right| right.places.iter().any(|place| *place != Place::Global))
    };
    let everywhere = named.iter().any(|code| code == SUPERADMIN);
    let counts = |code: &&String| !everywhere || *code == SUPERADMIN || !narrow(code);
    Asked::AllOf(named.iter().filter(counts).cloned().collect())
}

/// In which places each right can be enforced.
fn enforced(routed: &[Routed]) -> BTreeMap<String, BTreeSet<Place>> {
    let mut places: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
    for operation in routed {
        let Asked::AllOf(codes) = &operation.asked else { continue };
        for code in codes {
            let known = places.entry(code.clone()).or_default();
            known.insert(Place::Global);
            known.extend(
                operation.places.iter().filter(|named| named.rights.contains(code)).map(|named| named.place),
            );
        }
    }
    places
}

fn entries(routed: Vec<Routed>, family: Family) -> (Vec<OperationEntry>, Vec<ClosedEntry>) {
    let (mut operations, mut closed) = (Vec::new(), Vec::new());
    for Routed { method, path, asked, places } in routed {
        let requires = match asked {
            Asked::Closed => {
                closed.push(ClosedEntry { method, path });
                continue;
            }
            Asked::Anything => Requirement::Nothing,
            Asked::AllOf(codes) => Requirement::AnyOf(vec![codes.into_iter().collect()]),
        };
        let contexts =
            places.into_iter().filter_map(|named| Some((named.place.kind(family)?.to_owned(), named.value)));
        operations.push(OperationEntry {
            risk: risks::of_operation(&method, &path),
            contexts: Pairs(contexts.collect()),
            query: Pairs::default(),
            body: Pairs::default(),
            graphql: false,
            endpoint: None,
            method,
            path,
            requires,
        });
    }
    (operations, closed)
}

/// Those in which something can be granted.
fn contexts(family: Family, places: &BTreeMap<String, BTreeSet<Place>>) -> Vec<ContextEntry> {
    let used = |place: &Place| places.values().any(|known| known.contains(place));
    let entry = |place: Place| {
        let (name, title) = (place.kind(family)?, place.title(family));
        Some(ContextEntry {
            name: name.into(),
            title: Some(title.into()),
            sole: false,
            fold_case: false,
            resolve: None,
        })
    };
    Place::ALL.into_iter().filter(used).filter_map(entry).collect()
}

fn permissions(
    family: Family,
    model: &Model,
    places: &BTreeMap<String, BTreeSet<Place>>,
) -> Vec<PermissionEntry> {
    let listed: BTreeMap<&str, &Right> =
        model.rights.iter().map(|right| (right.code.as_str(), right)).collect();
    let entry = |(code, known): (&String, &BTreeSet<Place>)| {
        let right = listed.get(code.as_str());
        let text = |of: fn(&Right) -> &str, limit| right.and_then(|right| plain(of(right), limit));
        PermissionEntry {
            name: code.clone(),
            title: text(|right| &right.title, limits::TITLE),
            group: text(|right| &right.group, limits::TITLE),
            description: text(|right| &right.description, limits::DESCRIPTION),
            risk: risks::of_right(code),
            contexts: Some(
                known.iter().map(|place| place.kind(family).unwrap_or("global").to_owned()).collect(),
            ),
            implies: implied(code, &listed, places),
            scopes: Vec::new(),
        }
    };
    let order: BTreeMap<&str, usize> =
        model.rights.iter().enumerate().map(|(place, right)| (right.code.as_str(), place)).collect();
    let mut permissions: Vec<_> = places.iter().map(entry).collect();
    permissions.sort_by_key(|permission| order.get(permission.name.as_str()).copied().unwrap_or(usize::MAX));
    permissions
}

/// What comes with a right, also by way of rights that are not offered.
fn implied(
    code: &str,
    listed: &BTreeMap<&str, &Right>,
    offered: &BTreeMap<String, BTreeSet<Place>>,
) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![code];
    while let Some(next) = open.pop() {
        for implied in listed.get(next).into_iter().flat_map(|right| &right.implies) {
            if found.insert(implied.as_str()) {
                open.push(implied);
            }
        }
    }
    found
        .into_iter()
        .filter(|implied| *implied != code && offered.contains_key(*implied))
        .map(str::to_owned)
        .collect()
}

/// A text as people may be shown it, if anything is left of it.
fn plain(text: &str, limit: usize) -> Option<String> {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let shown: String =
        shown.trim().chars().filter(|c| !crate::compile::is_misleading(*c)).take(limit).collect();
    (!shown.is_empty()).then_some(shown)
}
