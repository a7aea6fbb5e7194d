use std::{collections::HashMap, sync::Arc};

use valetkey_catalog::Definition;
use valetkey_core::{
    body::Contents,
    decision::{self, Refusal, Request, Verdict},
    http::Method,
    path::{Path, Query},
    policy::Snapshot,
    rules::{EndpointSet, PermissionIndex, Rules},
    time::Timestamp,
    token::Presented,
};
use valetkey_testkit::PolicyBuilder;

const NOW: Timestamp = Timestamp::from_millis(1000);

/// One operation of a source, as a request, and what it is expected to need.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Any of (all of (permission, narrowest context that will do)).
    pub(crate) sets: Vec<Vec<(String, String)>>,
}

/// A service with one of the definitions, and tokens by what they may do.
pub(crate) struct Service {
    builder: PolicyBuilder,
    rules: Rules,
    tokens: HashMap<String, Presented>,
    snapshot: Arc<Snapshot>,
}

impl Service {
    pub(crate) fn new(definition: &str) -> Self {
        let builder = PolicyBuilder::new().service("up", "http://127.0.0.1:9", definition, None);
        let rules = Definition::parse(definition).unwrap().compile();
        let snapshot = builder.snapshot();
        Self { builder, rules, tokens: HashMap::new(), snapshot }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// By the head; what hangs on the body is not decided, and so refused.
    pub(crate) fn decide(&mut self, access: &str, method: &str, path: &str) -> Result<(), Refusal> {
        self.decide_body(access, method, path, None)
    }

    pub(crate) fn decide_body(
        &mut self,
        access: &str,
        method: &str,
        path: &str,
        contents: Option<&Contents>,
    ) -> Result<(), Refusal> {
        if !self.tokens.contains_key(access) {
            let (_, token) = self.builder.token(access);
            self.tokens.insert(access.to_owned(), Presented::recognise(token.as_bytes()).unwrap());
            self.snapshot = self.builder.snapshot();
        }
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let request = Request {
            endpoints: EndpointSet::ALL,
            method: Method::parse(method.as_bytes()).unwrap(),
            path: Path::parse(path).unwrap(),
            query: query.map(|query| Query::parse(query).unwrap()),
        };
        decision::decide(&self.snapshot, &self.tokens[access], "up", request, NOW).and_then(|verdict| match (
            verdict, contents,
        ) {
            (Verdict::Permit(_), _) => Ok(()),
            (Verdict::Pending(pending), Some(contents)) => pending.decide(contents).map(drop),
            (Verdict::Pending(_), None) => Err(Refusal::OperationUnknown),
        })
    }

    /// What a limited token needs for it; `None` where it is unknown.
    pub(crate) fn required(&self, method: &str, path: &str) -> Option<Vec<Vec<String>>> {
        let method = Method::parse(method.as_bytes()).unwrap();
        let found = self.rules.router.find(method, Path::parse(path).unwrap(), None)?;
        let name = |index: &PermissionIndex| self.rules.permissions[index.0].name.as_str().to_owned();
        let sets = &self.rules.operations[found.operation].requires;
        Some(sets.iter().map(|all| all.iter().map(name).collect()).collect())
    }

    /// Grants of everything, globally, but for what gives one of `names`.
    fn all_but(&self, names: &[&str]) -> String {
        let gone: Vec<PermissionIndex> =
            names.iter().map(|name| self.rules.permission(name).unwrap()).collect();
        let left =
            self.rules.permissions.iter().filter(|p| !gone.iter().any(|gone| p.closure.contains(*gone)));
        left.map(|permission| format!("up:global:{}", permission.name)).collect::<Vec<_>>().join(" ")
    }

    /// Routed to exactly its permissions; permitted with exactly them, in the narrowest context; refused with everything else, with
    /// one of them missing, and with the same in another place.
    pub(crate) fn judge(&mut self, expected: &Expected) {
        let Expected { method, path, sets } = expected;
        let of = |sets: Vec<Vec<String>>| {
            let mut sets: Vec<Vec<String>> = sets
                .into_iter()
                .map(|mut all| {
                    all.sort();
                    all
                })
                .collect();
            sets.sort();
            sets
        };
        let names = sets.iter().map(|all| all.iter().map(|(name, _)| name.clone()).collect()).collect();
        assert_eq!(self.required(method, path).map(of), Some(of(names)), "{method} {path}");
        if sets.iter().any(Vec::is_empty) {
            return self.judge_open(method, path);
        }
        for all in sets {
            let exactly = grants(all, str::to_owned);
            assert_eq!(self.decide(&exactly, method, path), Ok(()), "{method} {path} with {exactly}");
            let elsewhere = grants(all, elsewhere);
            if elsewhere != exactly {
                self.refused(&elsewhere, method, path);
            }
        }
        if let [all] = sets.as_slice() {
            for (name, _) in all {
                let others = self.all_but(&[name]);
                self.refused(&others, method, path);
            }
        } else {
            let every: Vec<&str> = sets.iter().flatten().map(|(name, _)| name.as_str()).collect();
            let others = self.all_but(&every);
            self.refused(&others, method, path);
        }
    }

    /// Needs nothing but a grant in the service, whichever.
    fn judge_open(&mut self, method: &str, path: &str) {
        let first = format!("up:global:{}", self.rules.permissions[0].name);
        assert_eq!(self.decide(&first, method, path), Ok(()), "{method} {path}");
    }

    fn refused(&mut self, access: &str, method: &str, path: &str) {
        let decided = self.decide(access, method, path);
        assert!(matches!(decided, Err(Refusal::InsufficientScope(_))), "{method} {path} with {access:.200}");
    }

    /// Permissions that no operation requires, itself or through what it implies.
    pub(crate) fn offered_and_never_asked_for(&self) -> Vec<&str> {
        let asked =
            |index| self.rules.operations.iter().flat_map(|o| &o.requires).flatten().any(|p| *p == index);
        let idle = |(place, _): &(usize, _)| !asked(PermissionIndex(*place));
        self.rules.permissions.iter().enumerate().filter(idle).map(|(_, p)| p.name.as_str()).collect()
    }
}

fn grants(all: &[(String, String)], place: impl Fn(&str) -> String) -> String {
    let grant = |(name, context): &(String, String)| format!("up:{}:{name}", place(context));
    all.iter().map(grant).collect::<Vec<_>>().join(" ")
}

/// Another place of the same kind, where there is one.
fn elsewhere(context: &str) -> String {
    match context.split_once('=') {
        Some((kind, _)) => format!("{kind}=somewhere/else"),
        None => context.to_owned(),
    }
}
