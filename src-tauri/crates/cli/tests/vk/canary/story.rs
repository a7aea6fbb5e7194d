use std::{io::Write, sync::Arc};

use valetkey_testkit::{Recorder, Script};

use super::{
    places::{bytes, files},
    scan::Canary,
};
use crate::program::{Folder, Ran, Served};

/// With characters that JSON, URLs and base64 write otherwise.
pub(crate) const CREDENTIAL: &str = r#"CANARY-one/7f"3\q+Zk=9%41~xW&credential"#;
/// What it is replaced by.
pub(crate) const NEXT_CREDENTIAL: &str = r#"CANARY-two/8e"4\r+Yj=8%42~vX&credential"#;
const PASSPHRASE: &str = "correct horse";
/// Of what a token is, all before this is its public id.
const SECRET_START: usize = 14;

/// Everything that `vk` does, and all that it and its gateway wrote.
pub(crate) struct Story {
    folder: Folder,
    pub(crate) served: Served,
    pub(crate) canaries: Vec<Canary>,
    /// What was done, and what that wrote.
    outputs: Vec<(String, String)>,
    limited: String,
    full: String,
}

/// Sends back what it was sent, in a header and in the body.
pub(crate) fn echo() -> Script {
    Arc::new(|request, stream| {
        let credential = request.values("authorization").join(" ");
        let body = format!("you sent {credential}: {}", request.head);
        let length = body.len();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx-echo: {credential}\r\n")?;
        write!(stream, "content-length: {length}\r\n\r\n{body}")?;
        Ok(true)
    })
}

pub(crate) fn canaries_of_the_end() -> [Canary; 3] {
    [
        Canary::new("the master credential", CREDENTIAL),
        Canary::new("the next master credential", NEXT_CREDENTIAL),
        Canary::new("the passphrase", PASSPHRASE),
    ]
}

impl Story {
    pub(crate) fn begin() -> Self {
        let folder = Folder::new();
        folder.vk(&["init", "--vault", "file"]).ok();
        let served = folder.serve();
        let canaries = canaries_of_the_end().into();
        Self { folder, served, canaries, outputs: Vec::new(), limited: String::new(), full: String::new() }
    }

    fn keep(&mut self, what: &[&str], ran: Ran) {
        self.outputs.push((what.join(" "), ran.out + &ran.err));
    }

    /// In words and as JSON.
    fn vk(&mut self, arguments: &[&str]) {
        for json in [&[][..], &["--json"]] {
            let all = [json, arguments].concat();
            let ran = self.folder.vk(&all);
            self.keep(&all, ran);
        }
    }

    /// A command that shows a new token; nothing but that is taken out of what it wrote.
    fn token_of(&mut self, arguments: &[&str]) -> String {
        let ran = self.folder.vk(arguments);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let token = ran.out.trim_end().to_owned();
        self.canaries.push(Canary::new(&arguments.join(" "), &token[SECRET_START..]));
        self.outputs.push((arguments.join(" "), ran.err));
        token
    }

    fn ask(&mut self, method: &str, path: &str, token: &str) -> u16 {
        let answer = self.served.ask(method, path, token);
        let shown = format!("{answer:?} {}", answer.text());
        self.outputs.push((format!("the answer to {method} {path}"), shown));
        answer.status
    }

    pub(crate) fn connect(&mut self, recorder: &Recorder) {
        let url = recorder.url();
        for (name, auth) in [("api", "bearer"), ("basic", "basic:user")] {
            let add = ["service", "add", name, "--kind", "rest", "--url", &url, "--auth", auth];
            let ran = self.folder.vk_told(CREDENTIAL, &add);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            self.keep(&add, ran);
            let again = self.folder.vk_told(CREDENTIAL, &add);
            self.keep(&add, again);
            self.vk(&["service", "check", name]);
        }
        self.vk(&["service", "add", "sandbox", "--kind", "sandbox"]);
    }

    pub(crate) fn tokens(&mut self) {
        self.full = self.token_of(&["token", "create", "--name", "full", "--full"]);
        let limited = ["token", "create", "--name", "limited", "--grant", "api:global:read"];
        let before = self.token_of(&limited);
        assert_eq!(self.ask("GET", "/api/first", &before), 200);
        self.limited = self.token_of(&["token", "replace", "limited"]);
        assert_eq!(self.ask("GET", "/api/second", &before), 401);
        self.vk(&["token", "update", "limited", "--note", "a note"]);
    }

    pub(crate) fn requests(&mut self) {
        let (limited, full) = (self.limited.clone(), self.full.clone());
        assert_eq!(self.ask("GET", "/api/things", &limited), 200);
        assert_eq!(self.ask("GET", "/basic/things", &full), 200);
        assert_eq!(self.ask("POST", "/api/things", &limited), 403);
        assert_eq!(self.ask("GET", "/.valetkey/token", &limited), 200);
        assert_eq!(self.ask("GET", "/unknown/things", &limited), 404);
        // Secrets where they don't belong: the service gets them, the record must not.
        self.served.ask("GET", &format!("/api/{full}?key={full}"), &limited);
        self.served.ask("GET", &format!("/{full}/things"), &limited);
        self.ask("GET", "/api/things", &format!("{limited}x"));
        self.ask("GET", "/api//things", &limited);
    }

    pub(crate) fn commands(&mut self) {
        for arguments in [
            &["status"][..],
            &["service", "list"],
            &["service", "show", "api"],
            &["service", "kinds"],
            &["permissions", "api"],
            &["token", "list", "--all"],
            &["token", "show", "limited"],
            &["token", "disable", "limited"],
            &["token", "enable", "limited"],
            &["explain", "limited", "GET", "/api/things"],
            &["explain", "limited", "DELETE", "/api/things"],
            &["settings"],
            &["settings", "--owner-name", "Owner"],
            &["pause"],
            &["resume"],
            &["lock"],
            &["service", "check", "api"],
            &["unlock"],
        ] {
            self.vk(arguments);
        }
        let replace = ["service", "credential", "api"];
        let ran = self.folder.vk_told(NEXT_CREDENTIAL, &replace);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        self.keep(&replace, ran);
        let limited = self.limited.clone();
        assert_eq!(self.ask("GET", "/api/next", &limited), 200);
    }

    pub(crate) fn errors(&mut self) {
        for arguments in [
            &["token", "show", "nobody"][..],
            &["token", "create", "--name", "limited", "--full"],
            &["service", "show", "nothing"],
            &["service", "remove", "basic"],
            &["serve", "--listen", "127.0.0.1:0"],
            &["token", "revoke", "full"],
            &["activity", "--limit", "1000"],
            &["activity", "--denied"],
        ] {
            self.vk(arguments);
        }
        let broken = ["service", "credential", "api"];
        let ran = self.folder.vk_told(&format!("{CREDENTIAL}\u{7}{CREDENTIAL}"), &broken);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        self.keep(&broken, ran);
        let (limited, full) = (self.limited.clone(), self.full.clone());
        assert_eq!(self.ask("GET", "/api/things", &full), 401);
        let wrong = ["run", "--token", "limited", "--", "true"];
        let ran = self.folder.vk_told(&full, &wrong);
        self.keep(&wrong, ran);
        let right = ["run", "--token", "limited", "--", "true"];
        let ran = self.folder.vk_told(&limited, &right);
        self.keep(&right, ran);
    }

    /// Where a canary is, of all that was written so far: files of the profile, outputs, records among them.
    pub(crate) fn places(&self) -> Vec<String> {
        let mut found = files(&self.folder.profile(), &self.canaries);
        for (what, output) in &self.outputs {
            found.extend(bytes(what, output.as_bytes(), &self.canaries));
        }
        let records = self.outputs.iter().filter(|(what, _)| what.contains("--json activity"));
        assert!(records.map(|(_, rows)| rows.matches("request_id").count()).max() > Some(10));
        found
    }

    /// Ends the gateway, looks at what it wrote and at what it left.
    pub(crate) fn end(self, found: &mut Vec<String>) -> Folder {
        let written = self.served.end();
        found.extend(bytes("what serve wrote", written.as_bytes(), &self.canaries));
        found.extend(files(&self.folder.profile(), &self.canaries));
        self.folder
    }
}
