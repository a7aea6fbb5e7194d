//! What the window's editor makes of an imported document. Its own test (`edited.test.ts`) writes the file that is read here.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use valetkey_catalog::{
    Definition,
    import::{Options, openapi},
};
use valetkey_core::{http::Method, path::Path, rules::Rules};

const DOCUMENT: &str = include_str!("../../../../../ui/src/services/openapi/fixtures/notes.yaml");
const IMPORTED: &str = include_str!("../../../../../ui/src/services/openapi/fixtures/imported.json");
const EDITED: &str = include_str!("../../../../../ui/src/services/openapi/fixtures/edited.json");

#[test]
fn the_window_edits_what_the_importer_makes() {
    let made = openapi(DOCUMENT, &Options::default()).unwrap().definition;
    assert_eq!(
        made, IMPORTED,
        "make imported.json anew: vk service definition --from notes.yaml --output imported.json"
    );
}

#[test]
fn what_the_window_wrote_is_read_as_the_owner_meant_it() {
    let rules = Definition::parse(EDITED).unwrap().compile();
    let permissions: Vec<_> =
        rules.permissions.iter().map(|each| (each.name.as_str(), &*each.title, &*each.group)).collect();
    assert_eq!(
        permissions,
        [
            ("books.read", "Books: read", "Reading"),
            ("notes.read", "Look into notes", "Reading"),
            ("notes.write", "Write – “everything” in a book", "Writing"),
            ("account.read", "Account: read", "Account"),
            ("account.credentials", "Account: credentials", "Account"),
        ]
    );
    assert_eq!(needs(&rules, Method::Delete, "/books/7").as_deref(), Some("notes.write"), "merged");
    assert_eq!(needs(&rules, Method::Put, "/books/7/notes/1").as_deref(), Some("notes.write"));
    assert_eq!(needs(&rules, Method::Get, "/books/7/notes").as_deref(), Some("notes.read"));
    assert_eq!(needs(&rules, Method::Get, "/account").as_deref(), Some("account.read"));
    assert_eq!(needs(&rules, Method::Patch, "/account"), None, "its permission was left out");
}

/// The one permission that a known operation needs.
fn needs(rules: &Rules, method: Method, path: &str) -> Option<String> {
    let found = rules.router.find(method, Path::parse(path).unwrap(), None)?;
    let [all] = rules.operations[found.operation].requires.as_slice() else {
        panic!("one way to it: {path}")
    };
    let [one] = all.as_slice() else { panic!("one permission: {path}") };
    Some(rules.permissions[one.0].name.to_string())
}
