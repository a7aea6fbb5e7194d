//! Services whose permissions are listed beside their operations: what is the source's and what is ours stands in each source's `about`.
//!
//! `{name*6}` in a path stands for one to six segments; a template is made for each.

use crate::{
    Document, Listed, ListedContext, ListedRow, Operation, Permission, Risk, document::ContextKind, overlap,
};

/// For `docs/catalog.md`.
pub(crate) const NOTES: &str = "
## OpenAI, Anthropic and the smaller ones

What is a service's own and what is ours stands in the `about` of each file in `sources/`. In all of them `credentials.write` is ours and needed, besides what else an
operation needs, where tokens, keys or accounts are made or secrets read.

- **OpenAI**: the resources and levels of its restricted keys. Writing does not bring reading. OpenAI publishes no map, so an operation without a known resource is unknown (234, among
  them realtime, conversations, containers, uploads, skills and agents, and deleting a model), but for 13 that make keys: those need `credentials.write`, so that full access does not
  reach them. `OpenAI-Organization` and `OpenAI-Project` are dropped: the master credential decides. A batch names its operations in a file that was uploaded before, and they are not looked at.
  Upgraded connections are allowed; `/v1/realtime` is unknown. The base URL is without `/v1`, so clients are given `…/openai/v1`.
- **Anthropic**: all permissions are ours, by the first part of the path; a key of Anthropic has full access to its workspace. A token comes in as `x-api-key` or Bearer; the key goes out as `x-api-key`.
  Administration, deployments, tunnels, user profiles and vaults are unknown.
- **npm**: one grant for a package covers `@scope%2fname`, `@scope%2Fname` and `@scope/name`. No grant is for a whole scope. What asks about many packages at once (search, audits) needs a global grant. A tarball's
  address is what the registry says: npm puts the gateway's in its place only for the public registry, so that others may be left out of the gateway.
- **pypi**: reading is `/simple/`, `/packages/` and the JSON API. An upload names its project in the body, so only a global grant counts. Where the index names files on another host, pip loads them from there, without a credential.
- **docker-registry**: pull, push and delete, as the actions of a registry's own tokens, for repositories of at most six parts; a push needs pull too, for clients look first. It works with registries that take a credential directly, Bearer or Basic. Of one that
  sends clients to another host for a token, a client says that authentication is required, and does not go there: the gateway has asked it for a password before. Clients know a host and `/v2/`, so they are given `SERVICE.localhost:7743`. `mount` and `from` in the query are refused: they take a layer out of another repository.
- **sentry**: families and levels of its scopes, operations by their path: which scope Sentry itself asks for can differ. Client keys and hooks need `credentials.write` to be made. Regions and uploads are other hosts.
- **slack**: families of methods; the HTTP method says nothing, so a method needs the same with GET and POST. `token` in the query, and in forms and JSON, is refused. Which channel a message is for stands in the body, so there are no contexts. What is not in the client's list is unknown; so are
  `auth.revoke`, `apps.uninstall` and `migration.exchange`. Uploads and Socket Mode go to other hosts; opening them is `files.write` and `credentials.write`.
- **teamcity**: areas and levels are ours; TeamCity's own 29 names have no published map. Locators may hold colons, commas and parentheses, and `/` and brackets percent-encoded. There are no contexts: a locator can name a thing in many ways. Every change of users, groups and roles, and every
  secure value of a project, needs `credentials.write`. `/httpAuth`, `/guestAuth` and versioned paths (`/app/rest/latest`) are unknown.
- **youtrack**: areas and levels are ours. POST writes; a command is `issues.write`, whatever it does. Looking for commands and counting issues read by POST. Users are only read; Hub is unknown.
";

/// The definition of a listed source.
pub fn document(source: Listed) -> Document {
    let mut operations: Vec<Operation> = source
        .operations
        .iter()
        .flat_map(|row| templates(row, &source.contexts, &source.permissions))
        .collect();
    overlap::settle(&mut operations);
    let kind = |kind: ListedContext| ContextKind {
        name: kind.name,
        title: kind.title,
        sole: false,
        fold_case: kind.fold_case,
        resolve: None,
    };
    Document {
        kind: source.kind,
        title: source.title,
        description: source.description,
        source: format!("{}; {}", source.about.source, source.about.version),
        base_url: source.base_url,
        credential_form: source.credential_form,
        endpoints: Vec::new(),
        client_headers: source.client_headers,
        contexts: source.contexts.into_iter().map(kind).collect(),
        permissions: source.permissions,
        operations,
        by_number: Vec::new(),
        graphql: None,
        closed: Vec::new(),
        switches: source.switches,
    }
}

/// The operations of one row: one for each way to spell its path, none where nothing is known of it.
fn templates(row: &ListedRow, contexts: &[ListedContext], permissions: &[Permission]) -> Vec<Operation> {
    let (Some(needed), method, path) = row else { return Vec::new() };
    let all: Vec<String> = needed.split_whitespace().map(str::to_owned).collect();
    let mints = permissions.iter().any(|p| p.risk == Risk::MintsCredentials && all.contains(&p.name));
    let risk = match method.as_str() {
        _ if mints => Risk::MintsCredentials,
        "DELETE" => Risk::Destructive,
        _ => Risk::Plain,
    };
    let operation = |(path, spanned): (String, Option<Spanned>)| Operation {
        requires: if all.is_empty() { Vec::new() } else { vec![all.clone()] },
        contexts: if all.is_empty() { Vec::new() } else { named(&path, spanned.as_ref(), contexts) },
        risk,
        ..Operation::of(method, path)
    };
    spellings(path).into_iter().map(operation).collect()
}

/// A parameter that spans segments: `{name}`, and what stands for it in one template.
struct Spanned {
    parameter: String,
    segments: String,
}

fn spellings(path: &str) -> Vec<(String, Option<Spanned>)> {
    let spanned = path.split_once('{').and_then(|(before, rest)| {
        let (inner, after) = rest.split_once('}')?;
        let (name, most) = inner.split_once('*')?;
        Some((before, name, most.parse::<usize>().ok()?, after))
    });
    let Some((before, name, most, after)) = spanned else { return vec![(path.to_owned(), None)] };
    let spelling = |count: usize| {
        let segments: Vec<String> = (1..=count).map(|place| format!("{{{name}_{place}}}")).collect();
        let spanned = Spanned { parameter: format!("{{{name}}}"), segments: segments.join("/") };
        (format!("{before}{}{after}", spanned.segments), Some(spanned))
    };
    (1..=most).map(spelling).collect()
}

/// The contexts that a path names.
fn named(path: &str, spanned: Option<&Spanned>, contexts: &[ListedContext]) -> Vec<(&'static str, String)> {
    let spelt = |value: &String| match spanned {
        Some(spanned) => value.replace(&spanned.parameter, &spanned.segments),
        None => value.clone(),
    };
    let has_all =
        |value: &String| parameters(value).all(|parameter| path.contains(&format!("{{{parameter}}}")));
    let context = |kind: &ListedContext| Some((kind.name, kind.values.iter().map(spelt).find(has_all)?));
    contexts.iter().filter_map(context).collect()
}

fn parameters(value: &str) -> impl Iterator<Item = &str> {
    value.split('{').skip(1).filter_map(|part| part.split('}').next())
}
