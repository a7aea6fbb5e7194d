use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

/// A server of somebody else's on a port that it chose itself; killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// `127.0.0.1:PORT`
    pub(crate) address: String,
}

impl Server {
    /// Starts it and waits for the line on standard error in which it says where it listens.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said = Vec::new();
        let address = lines.by_ref().find_map(|line| {
            let address = address_in(&line);
            said.push(line);
            address
        });
        let Some(address) = address else {
            // It has closed its standard error, so that it has ended or is of no use.
            let _ = child.kill();
            let _ = child.wait();
            panic!("{command:?} did not start:\n{}", said.join("\n"));
        };
        // What it says later must not fill the pipe.
        thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(line: &str) -> Option<String> {
    const SAID: [&str; 2] = ["http://127.0.0.1:", "listening on 127.0.0.1:"];
    let port = SAID.iter().find_map(|said| Some(&line[line.find(said)? + said.len()..]))?;
    let digits = port.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| format!("127.0.0.1:{}", &port[..digits]))
}

/// A program out of the Python packages that the tests need.
#[track_caller]
pub(crate) fn from_venv(program: &str) -> Command {
    let venv = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target/venv");
    assert!(
        venv.join("made-from.txt").exists(),
        "the Python packages are missing: run cargo xtask test --only setup"
    );
    let mut command = Command::new(venv.join("bin").join(program));
    command.env("PYTHONUNBUFFERED", "1");
    command
}
