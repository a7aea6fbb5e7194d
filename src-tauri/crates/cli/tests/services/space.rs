//! A service of the family of Space, as its published clients expect it to be; connected by `vk`, it tells its own definition.

mod stand_in;

use serde_json::Value;
use stand_in::{MASTER, StandIn};

use crate::program::{Folder, Served};

/// It, connected to a running gateway.
struct Canvas {
    service: StandIn,
    folder: Folder,
    gateway: Served,
}

impl Canvas {
    fn connected() -> Self {
        let service = StandIn::start();
        let folder = Folder::new();
        folder.vk(&["init", "--vault", "file"]).ok();
        let gateway = folder.serve();
        let canvas = Self { service, folder, gateway };
        canvas.add("canvas", &[]).ok();
        canvas.folder.vk(&["service", "check", "canvas"]).ok();
        canvas
    }

    fn add(&self, name: &str, more: &[&str]) -> crate::program::Ran {
        let url = self.service.url();
        let how = ["service", "add", name, "--kind", "codecanvas", "--url", &url];
        self.folder.vk_told(MASTER, &[&how[..], more].concat())
    }

    fn row(&self, name: &str) -> Value {
        self.folder.vk(&["--json", "service", "show", name]).json()
    }

    fn token(&self, name: &str, scope: &str) -> String {
        self.folder.vk(&["token", "create", "--name", name, "--scope", scope]).ok()
    }

    /// Status and, where the gateway refused, its code.
    fn ask(&self, method: &str, path: &str, token: &str) -> (u16, Option<String>) {
        let answer = self.gateway.ask(method, &format!("/canvas/api/http{path}"), token);
        (answer.status, answer.value("valetkey-refused").map(str::to_owned))
    }
}

fn refused(code: &str) -> (u16, Option<String>) {
    (403, Some(code.to_owned()))
}

#[test]
fn a_service_that_is_connected_tells_its_endpoints_its_permissions_and_what_the_owner_has() {
    let canvas = Canvas::connected();
    let row = canvas.row("canvas");
    assert_eq!(row["identity"], "Ada Lovelace (ada)");
    assert_eq!(row["title"], "JetBrains CodeCanvas");
    assert!(row["definition_read"].is_i64(), "{row}");
    assert_eq!((&row["permissions"], &row["operations"]), (&5.into(), &7.into()));
    let shown = canvas.folder.vk(&["service", "show", "canvas"]).ok();
    assert!(shown.contains("read from the service on "), "{shown}");

    let there =
        canvas.folder.vk(&["--json", "permissions", "canvas", "--context", "namespace=key:WEB"]).json();
    let assignable = |list: &Value| -> Vec<String> {
        let rows = list["permissions"].as_array().unwrap().iter().filter(|row| row["assignable"] == true);
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(assignable(&there), ["Project.View", "Rd.Workspaces.Create"]);
    assert_eq!(there["kinds"][1]["values"], serde_json::json!(["key:OPS", "key:WEB"]));
    let everywhere = canvas.folder.vk(&["--json", "permissions", "canvas"]).json();
    assert_eq!(assignable(&everywhere), ["Project.View", "Profile.PermanentTokens.Create"]);
    let manage = everywhere["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == "Rd.Workspaces.Manage");
    assert_eq!(manage.unwrap()["implies"], serde_json::json!(["Project.View"]));
    assert_eq!(manage.unwrap()["group"], "Dev environments");
}

#[test]
fn namespaces_are_searched_by_their_keys_and_names() {
    let canvas = Canvas::connected();
    let found = canvas.folder.vk(&["--json", "contexts", "canvas", "namespace", "shop"]).json();
    assert!(found.to_string().contains("key:WEB") && !found.to_string().contains("key:OPS"), "{found}");
    let found = canvas.folder.vk(&["--json", "contexts", "canvas", "namespace", "ops"]).json();
    assert!(found.to_string().contains("Operations") && !found.to_string().contains("Web shop"), "{found}");
}

#[test]
fn a_scope_string_makes_a_token_that_can_do_just_that() {
    let canvas = Canvas::connected();
    let token = canvas.token("bot", "canvas=project:key:WEB:rd.workspaces.create global:Project.View");
    let shown = canvas.folder.vk(&["--json", "token", "show", "bot"]).json();
    let grants = ["canvas:global:Project.View", "canvas:namespace=key:WEB:Rd.Workspaces.Create"];
    assert_eq!(shown["grants"], serde_json::json!(grants));
    let words = "global:Project.View namespace:key:WEB:Rd.Workspaces.Create";
    assert_eq!(shown["scope_strings"], serde_json::json!([{"service": "canvas", "text": words}]));
    assert!(canvas.folder.vk(&["token", "show", "bot"]).ok().contains(&format!("of canvas: {words}")));

    assert_eq!(canvas.ask("POST", "/projects/key:WEB/environments", &token), (200, None));
    assert_eq!(canvas.ask("GET", "/projects?$fields=data(key(key))", &token), (200, None));
    assert_eq!(canvas.ask("POST", "/projects/key:OPS/environments", &token), refused("insufficient_scope"));
    assert_eq!(
        canvas.ask("POST", "/projects/key:WEB/environments/e1/stop", &token),
        refused("insufficient_scope")
    );
    assert_eq!(
        canvas.ask("GET", "/projects/key:WEB/secrets", &token),
        refused("operation_unknown"),
        "it names no right"
    );
    assert_eq!(canvas.ask("GET", "/later", &token), refused("operation_unknown"));
    let own = "/team-directory/profiles/me/permanent-tokens";
    assert_eq!(canvas.ask("POST", own, &token), refused("insufficient_scope"));
}

#[test]
fn only_what_the_owner_has_can_be_given_and_what_they_lose_ends_with_the_next_check() {
    let canvas = Canvas::connected();
    let create =
        |scope| canvas.folder.vk(&["--json", "token", "create", "--name", "x", "--scope", scope]).error(1);
    assert_eq!(create("canvas=project:key:OPS:Rd.Workspaces.Create"), "owner_lacks");
    assert_eq!(create("canvas=global:Rd.Workspaces.Manage"), "owner_lacks");
    assert_eq!(create("canvas=global:Rd.Workspaces.Mange"), "invalid");
    assert_eq!(create("canvas=team:1:Project.View"), "invalid");

    let token = canvas.token("bot", "canvas=project:key:WEB:Rd.Workspaces.Create");
    assert_eq!(canvas.ask("POST", "/projects/key:WEB/environments", &token), (200, None));
    canvas.service.takes_away("Rd.Workspaces.Create", "key:WEB");
    canvas.folder.vk(&["service", "check", "canvas"]).ok();
    assert_eq!(canvas.ask("POST", "/projects/key:WEB/environments", &token), refused("insufficient_scope"));
    let shown = canvas.folder.vk(&["--json", "token", "show", "bot"]).json();
    assert_eq!(shown["grant_rows"][0]["active"], false);
}

#[test]
fn a_definition_that_was_read_outlives_the_program_and_a_service_that_no_longer_tells_it() {
    let canvas = Canvas::connected();
    let token = canvas.token("bot", "canvas=project:key:WEB:Rd.Workspaces.Create");
    let read = canvas.row("canvas")["definition_read"].clone();
    canvas.service.hides_its_model();
    let Canvas { service, folder, gateway } = canvas;
    assert_eq!(gateway.terminate(), Some(0));

    let canvas = Canvas { gateway: folder.serve(), service, folder };
    assert_eq!(canvas.row("canvas")["definition_read"], read);
    canvas.folder.vk(&["service", "check", "canvas"]).ok();
    assert_eq!(canvas.row("canvas")["definition_read"], read);
    assert_eq!(canvas.ask("POST", "/projects/key:WEB/environments", &token), (200, None));
}

#[test]
fn a_definition_of_the_owners_own_is_never_replaced() {
    let canvas = Canvas::connected();
    let own = canvas.folder.profile().with_file_name("own.json");
    let definition = r#"{"version": 1, "kind": "codecanvas", "title": "Ours", "description": "Ours.",
        "permissions": [{"name": "read"}], "operations": [{"method": "GET", "path": "/{path**}", "requires": "read"}]}"#;
    std::fs::write(&own, definition).unwrap();
    canvas.add("ours", &["--definition", own.to_str().unwrap()]).ok();
    canvas.folder.vk(&["service", "check", "ours"]).ok();
    let row = canvas.row("ours");
    assert_eq!((&row["title"], &row["operations"]), (&"Ours".into(), &1.into()));
    assert!(row["definition_read"].is_null(), "{row}");
}

#[test]
fn where_the_service_tells_nothing_of_its_api_what_ships_holds() {
    let service = StandIn::start();
    service.hides_its_model();
    let folder = Folder::new();
    folder.vk(&["init", "--vault", "file"]).ok();
    let canvas = Canvas { gateway: folder.serve(), service, folder };
    canvas.add("canvas", &[]).ok();
    canvas.folder.vk(&["service", "check", "canvas"]).ok();
    let row = canvas.row("canvas");
    assert_eq!(row["identity"], "Ada Lovelace (ada)");
    assert!(row["definition_read"].is_null() && row["operations"].as_u64() > Some(80), "{row}");
}
