use std::process::Command;

use crate::{
    curl::curl,
    program::{Folder, Served},
};

/// A gateway with the sandbox connected, and a token that reads it.
fn sandbox() -> (Folder, Served, String) {
    let folder = Folder::new();
    folder.vk(&["init", "--vault", "file"]).ok();
    let gateway = folder.serve();
    folder.vk(&["service", "add", "sandbox", "--kind", "sandbox"]).ok();
    let token = folder.vk(&["token", "create", "--name", "reader", "--full"]).ok();
    (folder, gateway, token)
}

fn certificate(folder: &Folder) -> String {
    let path = folder.vk(&["--json", "https", "certificate"]).json();
    path["path"].as_str().unwrap().to_owned()
}

#[test]
fn curl_trusts_the_certificate_it_is_given_also_after_a_restart() {
    let (folder, gateway, token) = sandbox();
    let user = format!("x:{token}");
    folder.vk(&["https", "on"]).ok();
    // A copy: what a client was given once.
    let given = folder.profile().with_file_name("given.pem");
    std::fs::copy(certificate(&folder), &given).unwrap();
    let ask = |gateway: &Served, host: &str, path: &str| {
        let port = gateway.address.rsplit_once(':').unwrap().1;
        let own_name = format!("{host}:{port}:127.0.0.1");
        let url = format!("https://{host}:{port}{path}");
        curl(&["--cacert", given.to_str().unwrap(), "-u", &user, "--resolve", &own_name, &url])
    };
    for (host, path) in
        [("127.0.0.1", "/sandbox/me"), ("localhost", "/sandbox/me"), ("sandbox.localhost", "/me")]
    {
        let reply = ask(&gateway, host, path);
        assert_eq!(reply.status, 200, "{host}: {reply:?}");
    }
    gateway.terminate();
    let gateway = folder.serve();
    assert_eq!(ask(&gateway, "localhost", "/sandbox/me").status, 200, "the key has outlived the restart");
}

#[test]
fn nobody_trusts_it_before_the_owner_says_so_and_off_is_off() {
    let (folder, gateway, token) = sandbox();
    let said = folder.vk(&["https", "on"]).ok();
    for word in ["--cacert", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "https-ca.pem"] {
        assert!(said.contains(word), "{said}");
    }
    let url = format!("https://{}/sandbox/me", gateway.address);
    let code = |arguments: &[&str]| {
        let curl =
            Command::new("curl").args(["-q", "-sS", "--noproxy", "*"]).args(arguments).output().unwrap();
        curl.status.code()
    };
    let user = format!("x:{token}");
    assert_eq!(code(&["-u", &user, &url]), Some(60), "curl: the peer's certificate can't be verified");
    let trusted = certificate(&folder);
    assert_eq!(code(&["--cacert", &trusted, "-u", &user, &url]), Some(0));
    assert_eq!(folder.vk(&["--json", "https", "off"]).json()["state"], "off");
    assert_ne!(code(&["--cacert", &trusted, "-u", &user, &url]), Some(0));
    assert_eq!(gateway.get("/sandbox/me", &token), 200);
}

#[test]
fn python_and_git_take_the_certificate_from_the_variables_that_are_named() {
    let (folder, gateway, token) = sandbox();
    folder.vk(&["https", "on"]).ok();
    let trusted = certificate(&folder);
    let port = gateway.address.rsplit_once(':').unwrap().1;
    let script = format!(
        "import urllib.request as u; r = u.Request('https://localhost:{port}/sandbox/me', headers={{'Authorization': 'Bearer {token}'}}); print(u.urlopen(r).status)"
    );
    let python =
        Command::new("python3").args(["-c", &script]).env("SSL_CERT_FILE", &trusted).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&python.stdout).trim(), "200", "{python:?}");

    let url = format!("https://x:{token}@localhost:{port}/sandbox/repository.git");
    let ls = |trusted: &str| {
        let git = Command::new("git")
            .args(["ls-remote", &url])
            .env("GIT_SSL_CAINFO", trusted)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("NO_PROXY", "localhost")
            .output()
            .unwrap();
        String::from_utf8_lossy(&git.stderr).into_owned()
    };
    assert!(ls(&trusted).contains("not found"), "the gateway was reached: {}", ls(&trusted));
    let stranger = folder.profile().join("profile.json");
    assert!(
        ls(stranger.to_str().unwrap()).to_lowercase().contains("certificate"),
        "{}",
        ls(stranger.to_str().unwrap())
    );
}
