use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::{Value, json};
use valetkey_testkit::{Recorded, Recorder};

pub(crate) const MASTER: &str = "the-token-of-the-owner";

/// Rights that the owner has, each with its target: `global`, `me`, or a project.
type Rights = BTreeSet<(String, String)>;

/// What it answers by.
struct World {
    rights: Mutex<Rights>,
    tells_its_model: AtomicBool,
}

/// A service of the family: two projects, five rights, eight endpoints.
pub(crate) struct StandIn {
    recorder: Recorder,
    world: Arc<World>,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        let rights = [
            ("Project.View", "global"),
            ("Profile.PermanentTokens.Create", "me"),
            ("Rd.Workspaces.Create", "key:WEB"),
        ];
        let rights = rights.map(|(code, target)| (code.to_owned(), target.to_owned())).into();
        let world = Arc::new(World { rights: Mutex::new(rights), tells_its_model: AtomicBool::new(true) });
        let behind = Arc::clone(&world);
        let recorder = Recorder::scripted(Arc::new(move |request, stream| {
            let (status, body) = answer(&behind, request);
            reply(stream, status, &body)?;
            Ok(true)
        }));
        Self { recorder, world }
    }

    pub(crate) fn url(&self) -> String {
        self.recorder.url()
    }

    pub(crate) fn takes_away(&self, right: &str, target: &str) {
        assert!(self.world.rights.lock().unwrap().remove(&(right.to_owned(), target.to_owned())));
    }

    pub(crate) fn hides_its_model(&self) {
        self.world.tells_its_model.store(false, Ordering::SeqCst);
    }
}

fn reply(stream: &mut impl io::Write, status: u16, body: &Value) -> io::Result<()> {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())
}

fn answer(world: &World, request: &Recorded) -> (u16, Value) {
    let problem = |status, error: &str| {
        (status, json!({"error": error, "error_description": "See the documentation."}))
    };
    if request.values("authorization") != [format!("Bearer {MASTER}")] {
        return problem(401, "authentication-required");
    }
    let mut words = request.line().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let tells = world.tells_its_model.load(Ordering::SeqCst);
    match (method, path.strip_prefix("/api/http").unwrap_or_default()) {
        ("GET", "/team-directory/profiles/me") => {
            (200, json!({"username": "ada", "name": {"firstName": "Ada", "lastName": "Lovelace"}}))
        }
        ("GET", "/http-api-model") if tells => (200, api()),
        ("GET", "/permissions") if tells => (200, permissions()),
        ("GET", "/http-api-model" | "/permissions") => problem(404, "not-found"),
        ("GET", "/projects") => (
            200,
            json!({"next": "", "data": [{"key": {"key": "OPS"}, "name": "Operations"}, {"key": {"key": "WEB"}, "name": "Web shop"}]}),
        ),
        ("POST", "/permissions/check-permission") => (200, is_had(world, &request.body).into()),
        _ => (200, json!({"asked": format!("{method} {path}")})),
    }
}

/// Whether the owner has the right that the question is about, asked in the one way in which it can be.
fn is_had(world: &World, question: &[u8]) -> bool {
    let question: Value = serde_json::from_slice(question).unwrap();
    assert_eq!(question["principal"], json!({"className": "PrincipalIn.Profile", "profile": "me"}));
    let target = match question["target"]["className"].as_str().unwrap() {
        "GlobalPermissionTarget" => "global",
        "ProfilePermissionTarget" => question["target"]["profile"].as_str().unwrap(),
        "ProjectPermissionTarget" => question["target"]["project"].as_str().unwrap(),
        other => panic!("no target is called {other}"),
    };
    let right = question["uniqueRightCode"].as_str().unwrap();
    world.rights.lock().unwrap().contains(&(right.to_owned(), target.to_owned()))
}

fn path(segments: &[&str]) -> Value {
    let segment = |text: &&str| match text.strip_prefix('{') {
        Some(name) => json!({"className": "HA_PathSegment.Var", "name": name.trim_end_matches('}')}),
        None => json!({"className": "HA_PathSegment.Const", "value": text}),
    };
    json!({"segments": segments.iter().map(segment).collect::<Vec<_>>()})
}

fn endpoint(method: &str, segments: &[&str], rights: &[&str]) -> Value {
    let right = |code: &&str| json!({"rightUniqueCode": code, "title": code, "description": null});
    json!({"method": method, "path": path(segments), "rights": rights.iter().map(right).collect::<Vec<_>>()})
}

fn resource(id: &str, segments: &[&str], endpoints: &[Value], nested: &[Value]) -> Value {
    json!({"id": id, "path": path(segments), "parentResource": null, "endpoints": endpoints, "nestedResources": nested})
}

/// The form of `HA_Model`.
fn api() -> Value {
    let environments = resource(
        "environments",
        &["{project}", "environments"],
        &[
            endpoint("REST_CREATE", &[], &["Rd.Workspaces.Create"]),
            endpoint("REST_QUERY", &[], &["Project.View"]),
            endpoint("HTTP_POST", &["{environment}", "stop"], &["Rd.Workspaces.Manage"]),
        ],
        &[],
    );
    let projects = [
        endpoint("REST_QUERY", &[], &["Project.View"]),
        endpoint("REST_CREATE", &[], &["Project.Create"]),
        endpoint("HTTP_GET", &["{project}", "secrets"], &[]),
    ];
    let tokens = [endpoint("REST_CREATE", &[], &["Profile.PermanentTokens.Create"])];
    json!({"resources": [
        resource("projects", &["projects"], &projects, &[environments]),
        resource("tokens", &["team-directory", "profiles", "{profile}", "permanent-tokens"], &tokens, &[]),
        resource("model", &["http-api-model"], &[endpoint("HTTP_GET", &[], &[])], &[]),
    ]})
}

/// The form of `RightsWithHierarchy`.
fn permissions() -> Value {
    let right = |code: &str| json!({"code": code, "title": code.replace('.', " "), "description": null, "grantedForUsers": true, "featureFlag": null});
    let group = |title: &str, priority: u8, codes: &[&str]| {
        let rights: Vec<_> = codes.iter().map(|code| json!({"typeCode": "Project", "code": code})).collect();
        json!({"title": title, "priority": priority, "rights": rights})
    };
    let of_type = |code: &str, rights: &[&str]| {
        let rights: Vec<_> = rights.iter().copied().map(right).collect();
        json!({"rightType": {"typeCode": code, "title": code}, "rights": rights})
    };
    json!({
        "rights": [
            of_type("Project", &["Project.View", "Rd.Workspaces.Create", "Rd.Workspaces.Manage"]),
            of_type("Global", &["Project.Create", "Superadmin"]),
            of_type("Profile", &["Profile.PermanentTokens.Create"]),
        ],
        "rightsGroups": [
            group("Namespaces", 1, &["Project.View"]),
            group("Dev environments", 2, &["Rd.Workspaces.Create", "Rd.Workspaces.Manage"]),
        ],
        "deps": [{"code": "Rd.Workspaces.Manage", "deps": ["Project.View"]}],
    })
}
