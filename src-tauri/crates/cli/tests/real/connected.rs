use crate::{
    curl::{Reply, curl},
    program::{Folder, Served},
    server::{Server, from_venv},
};

/// A real server, connected to a gateway of the test's own by `vk`, as an owner would.
pub(crate) struct Connected {
    pub(crate) server: Server,
    pub(crate) folder: Folder,
    pub(crate) gateway: Served,
    pub(crate) service: &'static str,
}

impl Connected {
    /// `how` is what `vk service add` is told besides name and URL.
    pub(crate) fn with(service: &'static str, server: Server, credential: &str, how: &[&str]) -> Self {
        let url = server.url();
        Self::at(&url, service, server, credential, how)
    }

    /// By another URL than the one that the server says.
    pub(crate) fn at(
        url: &str,
        service: &'static str,
        server: Server,
        credential: &str,
        how: &[&str],
    ) -> Self {
        let folder = Folder::new();
        folder.vk(&["init", "--vault", "file"]).ok();
        let gateway = folder.serve();
        let arguments = [&["service", "add", service, "--url", url][..], how].concat();
        folder.vk_told(credential, &arguments).ok();
        Self { server, folder, gateway, service }
    }

    /// httpbin as a plain REST API that takes a bearer credential.
    pub(crate) fn httpbin(credential: &str) -> Self {
        let mut httpbin = from_venv("python");
        let server = Server::start(httpbin.args(["-m", "httpbin.core", "--port", "0"]));
        Self::with("httpbin", server, credential, &["--kind", "rest", "--auth", "bearer"])
    }

    /// A new token with these grants.
    pub(crate) fn token(&self, name: &str, grants: &[&str]) -> String {
        let grants = grants.iter().flat_map(|grant| ["--grant", grant]);
        let arguments: Vec<&str> = ["token", "create", "--name", name].into_iter().chain(grants).collect();
        self.folder.vk(&arguments).ok()
    }

    /// Where a path of the service is at the gateway.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{}{path}", self.gateway.address, self.service)
    }

    /// A request of curl's through the gateway, the token as bearer.
    #[track_caller]
    pub(crate) fn curl(&self, token: &str, path: &str, arguments: &[&str]) -> Reply {
        let (authorization, url) = (format!("Authorization: Bearer {token}"), self.url(path));
        curl(&[&["-H", &authorization, &url][..], arguments].concat())
    }

    /// Reasons of the refusals on record, in the order in which they came.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let rows = self.folder.vk(&["--json", "activity", "--denied"]).json();
        rows.as_array().unwrap().iter().map(|row| row["reason"].as_str().unwrap().to_owned()).collect()
    }
}
