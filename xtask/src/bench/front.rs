//! What can stand in front of the upstream. Each checks a token, swaps the `Authorization` header and forwards.

mod haproxy;
mod mitmproxy;
mod nginx;
mod plain;

use std::path::Path;

pub(super) use nginx::Upstream;

use super::{
    options::Pace,
    process::Process,
    server::{Ports, Server},
};
use crate::{error::Result, repo::Repo};

/// One of those that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// None: the application asks the service.
    Direct,
    /// `vk serve`.
    ValetKey,
    /// Debian's nginx with two workers.
    Nginx,
    /// Debian's `HAProxy` with two threads.
    Haproxy,
    /// hyper and hyper-util with nothing on top: what a proxy written in a day costs.
    Plain,
    /// mitmproxy with a script, as tools in Python do it.
    Mitmproxy,
}

impl Front {
    /// All, in the order in which they take turns.
    pub(super) const ALL: [Self; 6] =
        [Self::Direct, Self::ValetKey, Self::Nginx, Self::Haproxy, Self::Plain, Self::Mitmproxy];

    /// As tables call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::ValetKey => "Valet Key",
            Self::Nginx => "nginx",
            Self::Haproxy => "HAProxy",
            Self::Plain => "plain hyper",
            Self::Mitmproxy => "mitmproxy",
        }
    }
}

/// Which upstream a request is for; every front has a port, or a path, for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// nginx that answers with 70 bytes of JSON, or with a file of 1 MiB.
    Small,
    /// The bench's own service: streams of events, endless bodies.
    Streams,
    /// The first one again, over TLS.
    Secure,
}

impl Behind {
    pub(super) const ALL: [Self; 3] = [Self::Small, Self::Streams, Self::Secure];

    /// Its place among all.
    pub(super) const fn place(self) -> usize {
        match self {
            Self::Small => 0,
            Self::Streams => 1,
            Self::Secure => 2,
        }
    }
}

/// What every front is told.
pub(super) struct Task<'t> {
    /// The port of each upstream, in the order of [`Behind::ALL`].
    pub(super) upstreams: [u16; 3],
    /// The token that is let through.
    pub(super) token: &'t str,
    /// What the service is sent instead.
    pub(super) credential: &'t str,
    /// The certificate that upstreams over TLS are judged by.
    pub(super) trusted: &'t Path,
}

/// The proxies beside Valet Key, ended when dropped.
pub(super) struct Proxies {
    nginx: (Server, Ports),
    haproxy: (Server, Ports),
    plain: (Server, Ports),
    /// Only where it is measured: it takes seconds to start.
    mitmproxy: Option<(Server, Ports)>,
}

impl Proxies {
    pub(super) fn start(repo: &Repo, folder: &Path, task: &Task<'_>, pace: Pace) -> Result<Self> {
        Ok(Self {
            nginx: nginx::proxy(&folder.join("nginx"), task)?,
            haproxy: haproxy::start(&folder.join("haproxy"), task)?,
            plain: plain::start(repo, task)?,
            mitmproxy: match pace {
                Pace::Quick => None,
                Pace::Full => Some(mitmproxy::start(repo, &folder.join("mitmproxy"), task)?),
            },
        })
    }

    /// Where `front` listens for `behind`, and its process; `None` where there is none.
    pub(super) fn at(&self, front: Front, behind: Behind) -> Option<(u16, Process)> {
        let (server, ports) = match front {
            Front::Direct | Front::ValetKey => return None,
            Front::Nginx => &self.nginx,
            Front::Haproxy => &self.haproxy,
            Front::Plain => &self.plain,
            Front::Mitmproxy => self.mitmproxy.as_ref()?,
        };
        ports.get(behind.place()).map(|port| (*port, server.process()))
    }
}
