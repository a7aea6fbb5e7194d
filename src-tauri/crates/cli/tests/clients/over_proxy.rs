use std::process::Command;

use crate::program::{Folder, Ran, Served, ran};

/// The sandbox's own address as a client would have it, with the gateway's proxy for everything: by default what lies on this machine
/// goes past it.
struct Proxied {
    folder: Folder,
    gateway: Served,
    token: String,
    /// `127.0.0.1:PORT` of the sandbox.
    target: String,
}

impl Proxied {
    fn new(grant: &[&str]) -> Self {
        let folder = Folder::new();
        folder.vk(&["init", "--vault", "file"]).ok();
        let gateway = folder.serve();
        folder.vk(&["service", "add", "sandbox", "--kind", "sandbox"]).ok();
        let token = folder.vk(&[&["token", "create", "--name", "agent", "--proxy"], grant].concat()).ok();
        let service = folder.vk(&["--json", "service", "show", "sandbox"]).json();
        let target = service["base_url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        Self { folder, gateway, token, target }
    }

    /// What a program does that `vk run --proxy` has started.
    fn run(&self, program: &[&str]) -> Ran {
        let words = ["run", "--proxy", "--token", "agent", "--", "env", "NO_PROXY=", "no_proxy="];
        let mut command = self.folder.command(&[&words[..], program].concat());
        ran(command.env("VALETKEY_TOKEN", &self.token).output().unwrap())
    }

    fn curl(&self, url: &str) -> Ran {
        self.run(&["curl", "-q", "-sS", "--max-time", "20", "-w", " %{http_code} %{http_connect}", url])
    }
}

#[test]
fn curl_and_python_reach_a_service_by_its_own_url() {
    let proxied = Proxied::new(&["--full"]);
    let url = format!("https://{}/me", proxied.target);
    let curl = proxied.curl(&url).ok();
    assert!(curl.ends_with(" 200 200"), "{curl}");
    let script = format!("import urllib.request as u; print(u.urlopen('{url}').status)");
    assert_eq!(proxied.run(&["python3", "-c", &script]).ok(), "200");
    let rows = proxied.folder.vk(&["--json", "activity"]).json();
    let services: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["service"].as_str().unwrap()).collect();
    assert_eq!(services, ["sandbox", "sandbox"], "each request, and not the CONNECT that leads to it");
}

#[test]
fn what_was_not_granted_and_where_no_service_lives_is_refused() {
    let proxied = Proxied::new(&["--grant", "sandbox:namespace=web:environment.view"]);
    let get = |path: &str| proxied.curl(&format!("https://{}{path}", proxied.target)).ok();
    assert!(get("/namespaces/web/environments").ends_with(" 200 200"));
    let refused = get("/namespaces/web/templates");
    assert!(refused.ends_with(" 403 200") && refused.contains("insufficient_scope"), "{refused}");
    let elsewhere = proxied.curl("https://elsewhere.example/");
    assert!(elsewhere.out.ends_with(" 000 403"), "{elsewhere:?}");
    let rows = proxied.folder.vk(&["--json", "activity", "--denied"]).json();
    assert_eq!(rows[1]["operation"], "CONNECT elsewhere.example:443");

    proxied.folder.vk(&["token", "update", "agent", "--no-proxy"]).ok();
    let off = proxied.run(&["true"]);
    assert!(off.code == Some(1) && off.err.contains("may not use the HTTPS proxy"), "{off:?}");
}

#[test]
fn another_program_is_told_nothing_and_trusts_nothing() {
    let proxied = Proxied::new(&["--full"]);
    let said = proxied.run(&["env"]).ok();
    for variable in
        ["HTTPS_PROXY=", "https_proxy=", "SSL_CERT_FILE=", "REQUESTS_CA_BUNDLE=", "GIT_SSL_CAINFO="]
    {
        assert!(said.lines().any(|line| line.starts_with(variable)), "{variable}: {said}");
    }
    let bundle = proxied.folder.profile().join("proxy-bundle.pem");
    let own = std::fs::read_to_string(proxied.folder.profile().join("proxy-ca.pem")).unwrap();
    assert!(std::fs::read_to_string(&bundle).unwrap().ends_with(&own));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&bundle).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let proxy = format!("http://x:{}@{}", proxied.token, proxied.gateway.address);
    let url = format!("https://{}/me", proxied.target);
    let stranger =
        Command::new("curl").args(["-q", "-sS", "--noproxy", "", "-x", &proxy, &url]).output().unwrap();
    assert_eq!(stranger.status.code(), Some(60), "curl: the peer's certificate can't be verified");
}
