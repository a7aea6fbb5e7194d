use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;
use valetkey_core::{
    body::{Contents, GraphDocument, GraphKind, Selection},
    decision::Refusal,
};

use super::decided::Service;

const DEFINITION: &str = include_str!("../../../catalog/definitions/github.json");

/// Names of permissions, of which all are needed.
type Demands = BTreeSet<String>;

/// How a type is reached: fields, and fragments as `... on Issue`.
#[derive(Clone, Default)]
struct Way {
    steps: Vec<String>,
    demands: Demands,
}

impl Way {
    fn then(&self, step: &str, requires: &Value) -> Self {
        let mut further = self.clone();
        further.steps.push(step.to_owned());
        further.demands.extend(demands(requires));
        further
    }

    /// What asks for that, with these arguments at the root.
    fn contents(&self, arguments: &[(&str, &str)]) -> Contents {
        let mut inner: Vec<Selection> = Vec::new();
        for (depth, step) in self.steps.iter().enumerate().rev() {
            let selections = std::mem::take(&mut inner);
            inner.push(if let Some(on) = step.strip_prefix("... on ") {
                Selection::Fragment { on: Some(on.into()), selections }
            } else {
                let given = if depth == 0 { arguments } else { &[] };
                let arguments = given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
                Selection::Field { name: step.as_str().into(), arguments, selections }
            });
        }
        Contents::Graph(GraphDocument { kind: GraphKind::Query, selections: inner })
    }
}

fn demands(requires: &Value) -> Demands {
    match requires.as_str() {
        Some("nothing") => Demands::new(),
        Some(one) => Demands::from([one.to_owned()]),
        None => texts(requires).map(str::to_owned).collect(),
    }
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap())
}

/// The section `graphql`, by what its types are called.
struct Map {
    types: BTreeMap<String, Value>,
}

impl Map {
    fn read() -> Self {
        let definition: Value = serde_json::from_str(DEFINITION).unwrap();
        let types = definition["graphql"]["types"].as_array().unwrap().clone();
        Self { types: types.into_iter().map(|of| (of["name"].as_str().unwrap().to_owned(), of)).collect() }
    }

    fn schema_name(&self, name: &str) -> &str {
        self.types[name]["is"].as_str().unwrap_or(self.types[name]["name"].as_str().unwrap())
    }

    /// Every field without fields of its own that a field at the root leads to, each by the shortest way.
    fn below(&self, root: &str) -> Vec<Way> {
        let (mut leaves, mut seen) = (Vec::new(), BTreeSet::new());
        let mut next = VecDeque::new();
        for field in self.types["Query"]["fields"].as_array().unwrap() {
            if texts(&field["names"]).any(|name| name == root) {
                let way = Way::default().then(root, &field["requires"]);
                next.push_back((field["type"].as_str().unwrap().to_owned(), way));
            }
        }
        while let Some((name, way)) = next.pop_front() {
            if !seen.insert(name.clone()) {
                continue;
            }
            for field in self.types[&name]["fields"].as_array().unwrap() {
                for called in texts(&field["names"]) {
                    let way = way.then(called, &field["requires"]);
                    match field["type"].as_str() {
                        Some(further) => next.push_back((further.to_owned(), way)),
                        None => leaves.push(way),
                    }
                }
            }
            for further in texts(&self.types[&name]["may_be"]) {
                let step = format!("... on {}", self.schema_name(further));
                next.push_back((further.to_owned(), way.then(&step, &"nothing".into())));
            }
        }
        leaves
    }
}

/// Names and texts.
type Arguments = &'static [(&'static str, &'static str)];

/// A root with its arguments, and the contexts that those name.
const ROOTS: [(&str, Arguments, &[&str]); 8] = [
    ("viewer", &[], &[]),
    ("rateLimit", &[], &[]),
    ("repository", &[("owner", "Acme"), ("name", "Site")], &["repository=acme/site", "organization=acme"]),
    ("organization", &[("login", "Acme")], &["organization=acme"]),
    ("repositoryOwner", &[("login", "acme")], &[]),
    ("node", &[("id", "R_1")], &[]),
    ("nodes", &[], &[]),
    ("search", &[("query", "repo:acme/site")], &[]),
];

/// A grant of it in the narrowest context that takes it.
fn grant(service: &Service, permission: &str, contexts: &[&str]) -> String {
    let rules = service.rules();
    let kinds = &rules.permissions[rules.permission(permission).unwrap().0].kinds;
    let takes = |context: &&&str| {
        let kind = context.split('=').next().unwrap();
        kinds.iter().any(|at| *rules.kinds[*at].name == *kind)
    };
    let context = contexts.iter().find(takes).map_or("global", |context| context);
    format!("up:{context}:{permission}")
}

#[test]
fn every_field_of_githubs_graphql_is_decided_by_exactly_what_leads_to_it() {
    let map = Map::read();
    let mut service = Service::new(DEFINITION);
    // Nothing that is mapped needs it.
    let idle = "up:global:plan.read";
    let mut judged = 0;
    for (root, arguments, contexts) in ROOTS {
        for way in map.below(root) {
            judged += 1;
            let contents = way.contents(arguments);
            let at = way.steps.join(".");
            let grants: BTreeMap<&String, String> =
                way.demands.iter().map(|name| (name, grant(&service, name, contexts))).collect();
            let mut decide = |access: &str| service.decide_body(access, "POST", "/graphql", Some(&contents));
            if way.demands.is_empty() {
                assert_eq!(decide(idle), Ok(()), "{at}");
                continue;
            }
            let exactly = grants.values().cloned().collect::<Vec<_>>().join(" ");
            assert_eq!(decide(&exactly), Ok(()), "{at} with {exactly}");
            for (name, lacking) in &grants {
                let others = grants.values().filter(|grant| *grant != lacking).map(String::as_str);
                let others = others.chain([idle]).collect::<Vec<_>>().join(" ");
                let Err(Refusal::InsufficientScope(shortfall)) = decide(&others) else {
                    panic!("{at} without {name}")
                };
                let missing = shortfall.missing.concat();
                assert_eq!(
                    missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    [lacking.as_str()],
                    "{at}"
                );
            }
            if !contexts.is_empty() {
                let elsewhere = exactly.replace("acme", "other");
                assert!(matches!(decide(&elsewhere), Err(Refusal::InsufficientScope(_))), "{at}");
            }
        }
    }
    assert!(judged > 1000, "{judged}");
}

#[test]
fn a_login_never_reads_as_the_number_of_an_account() {
    let way = Way { steps: vec!["organization".into(), "name".into()], demands: Demands::new() };
    let mut service = Service::new(DEFINITION);
    let mut decide = |login, grants: &str| {
        let contents = way.contents(&[("login", login)]);
        service.decide_body(grants, "POST", "/graphql", Some(&contents))
    };
    assert_eq!(decide("acme", "up:organization=acme:metadata.read"), Ok(()));
    let by_number = decide("#7", "up:organization=#7:metadata.read");
    assert!(matches!(by_number, Err(Refusal::InsufficientScope(_))), "{by_number:?}");
}
