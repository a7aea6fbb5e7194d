use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    thread,
};

/// What curl got.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Of its last request.
    pub(crate) status: u16,
    /// Every head that came, also interim ones.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// How many connections curl opened, for all its requests.
    pub(crate) connections: u16,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of the header called `name`, in any letter case.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut found = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim())
    }

    /// Whether a secret is anywhere in it.
    pub(crate) fn has(&self, secret: &str) -> bool {
        self.head.contains(secret)
            || self.body.windows(secret.len()).any(|window| window == secret.as_bytes())
    }
}

/// curl as it is, without a configuration or a proxy.
pub(crate) fn curl(arguments: &[&str]) -> Reply {
    curl_told(b"", arguments)
}

/// The same with something on standard input.
#[track_caller]
pub(crate) fn curl_told(input: &[u8], arguments: &[&str]) -> Reply {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut child = Command::new("curl")
        .args(["-q", "-sS", "--noproxy", "*", "--max-time", "20", "-w", "%{http_code} %{num_connects}\n"])
        .arg("-D")
        .arg(path("head"))
        .arg("-o")
        .arg(path("body"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    // curl stops reading where the gateway refuses a body; that is no error of the test's.
    let telling = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    telling.join().unwrap();
    assert!(output.status.success(), "curl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let transfers: Vec<(u16, u16)> = said
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(status, connections)| (status.parse().unwrap(), connections.parse().unwrap()))
        .collect();
    Reply {
        status: transfers.last().unwrap().0,
        head: String::from_utf8_lossy(&read(&path("head"))).into_owned(),
        body: read(&path("body")),
        connections: transfers.iter().map(|(_, connections)| connections).sum(),
    }
}

/// curl makes no file where there is no body.
fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_default()
}
