use valetkey_core::service::BaseUrl;

use super::{
    Note,
    source::{Server, Source, Version},
};

/// Where the API of a document lives.
pub(super) struct Home {
    /// The first of its servers that a service may have as base URL.
    pub(super) base: Option<BaseUrl>,
    /// Whether that is only an example, because parts of it vary.
    pub(super) varies: bool,
    pub(super) note: Option<Note>,
}

impl Home {
    pub(super) fn of(source: &Source, version: Version, location: Option<&str>) -> Self {
        let candidates = match version {
            Version::OpenApi => of_servers(source.servers.as_deref().unwrap_or_default(), location),
            Version::Swagger => of_host(source, location),
        };
        let usable = candidates.iter().find_map(|(url, varies)| Some((BaseUrl::parse(url).ok()?, *varies)));
        match usable {
            Some((base, varies)) => Self { base: Some(base), varies, note: None },
            None => {
                Self { base: None, varies: false, note: candidates.first().map(|(url, _)| unusable(url)) }
            }
        }
    }

    /// What stands before the paths of an operation that names servers of its own, or the host where it lives instead.
    pub(super) fn prefix(
        &self,
        servers: Option<&[Server]>,
        location: Option<&str>,
    ) -> Result<String, Box<str>> {
        let servers = servers.unwrap_or_default();
        if servers.is_empty() {
            return Ok(String::new());
        }
        let candidates = of_servers(servers, location);
        let elsewhere = || candidates.first().map_or("", |(url, _)| url).into();
        candidates
            .iter()
            .filter_map(|(url, _)| BaseUrl::parse(url).ok())
            .find_map(|url| {
                let base = self.base.as_ref()?;
                let same =
                    url.scheme() == base.scheme() && url.host() == base.host() && url.port() == base.port();
                let below = url
                    .path()
                    .strip_prefix(base.path())
                    .filter(|below| below.is_empty() || below.starts_with('/'));
                same.then_some(below)?.map(ToOwned::to_owned)
            })
            .ok_or_else(elsewhere)
    }
}

fn unusable(url: &str) -> Note {
    match BaseUrl::parse(url) {
        Err(problem) if url.contains("://") => Note::Server { url: url.into(), problem },
        _ => Note::NoHost { path: url.into() },
    }
}

/// URLs with the usual values of their variables in place, and whether they have any.
fn of_servers(servers: &[Server], location: Option<&str>) -> Vec<(String, bool)> {
    // Without servers, the document's own host is meant, and no path below it.
    if servers.is_empty() {
        return vec![(absolute("/", location), false)];
    }
    let url = |server: &Server| {
        let mut url = server.url.clone();
        for (name, variable) in server.variables.iter().flatten() {
            if let Some(value) = &variable.default {
                url = url.replace(&format!("{{{name}}}"), value.as_str());
            }
        }
        (absolute(&url, location), url != server.url)
    };
    servers.iter().map(url).collect()
}

fn of_host(source: &Source, location: Option<&str>) -> Vec<(String, bool)> {
    let path = source.base_path.as_deref().unwrap_or("/");
    let Some(host) = &source.host else { return vec![(absolute(path, location), false)] };
    let schemes = source.schemes.as_deref().unwrap_or_default();
    let usual = ["https".to_owned()];
    let mut schemes: Vec<&str> =
        if schemes.is_empty() { &usual } else { schemes }.iter().map(String::as_str).collect();
    schemes.sort_by_key(|scheme| *scheme != "https");
    schemes.iter().map(|scheme| (format!("{scheme}://{host}{path}"), false)).collect()
}

/// A server's URL may be relative to where the document is.
fn absolute(url: &str, location: Option<&str>) -> String {
    let origin = location.and_then(|location| {
        let (scheme, rest) = location.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        Some((scheme, authority))
    });
    match origin {
        Some((scheme, _)) if url.starts_with("//") => format!("{scheme}:{url}"),
        Some((scheme, authority)) if url.starts_with('/') => format!("{scheme}://{authority}{url}"),
        _ => url.to_owned(),
    }
}
