//! A service that knows some things and answers by them, with the gateway in front of it.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;
use valetkey_testkit::{Answer, PolicyBuilder, Recorder};

use crate::scene::Scene;

/// What a service knows.
pub(crate) trait Knows: Send + 'static {
    /// What it answers to `GET` of this path below `base`: a status, headers, and a body.
    fn answer(&self, base: &str, path: &str) -> (u16, String, Value);
}

pub(crate) struct StandIn<K> {
    pub(crate) scene: Scene,
    known: Arc<Mutex<K>>,
    service: &'static str,
}

impl<K: Knows> StandIn<K> {
    /// Connected under the name `service`, with its API below `path` of its host.
    pub(crate) fn start(
        known: K,
        service: &'static str,
        path: &'static str,
        definition: &str,
        form: Option<&str>,
    ) -> Self {
        let known = Arc::new(Mutex::new(known));
        let shared = Arc::clone(&known);
        let upstream = Recorder::scripted(Arc::new(move |request, stream| {
            let target = request.line().split(' ').nth(1).unwrap_or_default();
            let asked = target.strip_prefix(path).unwrap_or("/outside");
            let base = format!("http://{}{path}", request.values("host")[0]);
            let (status, headers, body) =
                shared.lock().unwrap_or_else(PoisonError::into_inner).answer(&base, asked);
            let body = body.to_string();
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            );
            stream.write_all(format!("{head}{body}").as_bytes())?;
            Ok(true)
        }));
        let url = format!("{}{path}", upstream.url());
        let policy = PolicyBuilder::new().service(service, &url, definition, form);
        Self { scene: Scene::with(upstream, policy), known, service }
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> Answer {
        self.scene.ask(token, "GET", &format!("/{}{path}", self.service))
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut K)) {
        change(&mut self.known.lock().unwrap());
    }

    /// Paths that the gateway asked at by itself, and how many requests it forwarded.
    pub(crate) fn asked_and_forwarded(&self) -> (Vec<String>, usize) {
        let requests = self.scene.upstream.requests();
        let (asked, forwarded): (Vec<_>, Vec<_>) =
            requests.iter().partition(|request| request.values("user-agent") == ["valetkey"]);
        let path = |line: &str| line.split(' ').nth(1).unwrap().to_owned();
        (asked.iter().map(|request| path(request.line())).collect(), forwarded.len())
    }
}
