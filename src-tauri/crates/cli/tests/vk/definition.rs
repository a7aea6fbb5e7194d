use valetkey_testkit::Recorder;

use crate::program::Folder;

const NOTES: &str = "
openapi: 3.1.0
info: {title: Notes, version: '2.1'}
servers: [{url: /api}]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Notes-Key}
paths:
  /books/{book}: {get: {tags: [Books]}, put: {tags: [Books]}, delete: {tags: [Books]}, trace: {}}
  /books/{book}/notes: {get: {tags: [Notes]}, post: {tags: [Notes]}}
  /books/{book}/covers: {get: {tags: [Books]}}
";

/// A server whose only document this is, on this machine.
fn publishing(document: &str) -> Recorder {
    let length = document.len();
    Recorder::answering(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{document}"))
}

#[test]
fn a_document_becomes_a_definition_file_without_a_profile_and_a_service_is_connected_with_it() {
    let folder = Folder::new();
    let at = |name: &str| folder.profile().with_file_name(name).to_str().unwrap().to_owned();
    let (document, file) = (at("notes.yaml"), at("notes.json"));
    std::fs::write(&document, NOTES).unwrap();

    let ran = folder.vk(&["service", "definition", "--from", &document]);
    assert!(ran.err.contains("Operations  6 taken, 1 left out"), "{}", ran.err);
    assert!(ran.err.contains("book: 6 operations, as in /books/{book}"), "{}", ran.err);
    assert!(ran.err.contains("this method is not forwarded (TRACE /books/{book})"), "{}", ran.err);
    let printed = ran.json();
    assert_eq!(printed["kind"], "notes");
    let written =
        folder.vk(&["--json", "service", "definition", "--from", &document, "--output", &file]).json();
    assert_eq!(written["operations"], 6);
    assert!(!folder.profile().exists(), "no profile is needed");

    let read: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(read, printed);
    let folder = Folder::with_profile();
    let recorder = Recorder::start();
    let url = format!("http://{}", recorder.address());
    let _served = folder.serve();
    let add = ["service", "add", "notes", "--kind", "notes", "--url", &url, "--definition", &file];
    folder.vk_told("master-credential\n", &add).ok();
    let service = folder.vk(&["--json", "service", "show", "notes"]).json();
    assert_eq!((&service["permissions"], &service["operations"]), (&4.into(), &6.into()));
    assert_eq!(service["credential_form"], "header:X-Notes-Key");
}

#[test]
fn a_service_is_connected_with_the_document_at_a_url_and_its_tokens_are_limited_by_it() {
    let folder = Folder::with_profile();
    let served = folder.serve();
    let publisher = publishing(NOTES);
    let url = format!("http://{}/openapi.yaml", publisher.address());
    let add = ["service", "add", "notes", "--openapi", &url];
    let ran = folder.vk_told("master-credential\n", &add);
    assert!(ran.err.contains("Notes 2.1 (OpenAPI 3.1.0)"), "{}", ran.err);
    ran.ok();
    let asked = publisher.requests();
    assert_eq!(asked[0].line(), "GET /openapi.yaml HTTP/1.1");
    assert!(!asked[0].head.contains("master-credential"));

    let grant = "notes:book=blue:notes.read";
    let token = folder.vk(&["token", "create", "--name", "ci", "--grant", grant]).ok();
    assert_eq!(served.get("/notes/books/blue/notes", &token), 200);
    assert_eq!(served.get("/notes/books/red/notes", &token), 403);
    assert_eq!(served.get("/notes/books/blue", &token), 403);
    let forwarded = publisher.requests();
    assert_eq!(forwarded[1].line(), "GET /api/books/blue/notes HTTP/1.1");
    assert_eq!(forwarded[1].values("x-notes-key"), ["master-credential"]);
}

#[test]
fn what_can_not_be_imported_is_told_with_its_place_and_nothing_is_printed() {
    let folder = Folder::new();
    let file = folder.profile().with_file_name("broken.yaml");
    let file = file.to_str().unwrap();
    std::fs::write(file, "openapi: 3.0.0\npaths:\n  /a: {get: [}\n").unwrap();
    let json = |from: &str| folder.vk(&["--json", "service", "definition", "--from", from]);
    let broken = json(file);
    assert!(broken.err.contains("line 3: "), "{}", broken.err);
    assert_eq!(broken.error(1), "invalid");
    assert_eq!(json("missing.yaml").error(1), "invalid");
    assert_eq!(json("http://api.example.com/openapi.json").error(1), "upstream");
    let gone = Recorder::answering(
        "HTTP/1.1 302 Found\r\nlocation: https://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
    );
    let elsewhere = json(&format!("http://{}/", gone.address()));
    assert!(elsewhere.err.contains("is sent on to https://127.0.0.1"), "{}", elsewhere.err);
    std::fs::write(file, NOTES).unwrap();
    let context = folder.vk(&["service", "definition", "--from", file, "--context", "boko"]);
    assert_eq!(context.code, Some(1));
    assert!(context.err.contains("did you mean “book”?"), "{}", context.err);
    assert_eq!(folder.vk(&["service", "add", "x"]).code, Some(2), "neither a kind nor a document");
}
