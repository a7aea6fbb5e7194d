use std::path::PathBuf;

use tempfile::TempDir;

use crate::{
    connected::Connected,
    server::{Server, from_venv},
};

const MASTER: &str = "the-token-of-the-jupyter-server";
const TEXT: [&str; 2] = ["-d", r#"{"type":"file","format":"text","content":"written through the gateway"}"#];

/// A Jupyter Server with two folders on the disk, and a gateway that knows its files by folder.
struct Jupyter {
    connected: Connected,
    disk: TempDir,
}

impl Jupyter {
    fn start() -> Self {
        let disk = tempfile::tempdir().unwrap();
        for folder in ["home", "files/drafts", "files/final"] {
            std::fs::create_dir_all(disk.path().join(folder)).unwrap();
        }
        std::fs::write(disk.path().join("files/final/report.txt"), "final").unwrap();
        let home = disk.path().join("home");
        let mut jupyter = from_venv("jupyter-server");
        for own in ["HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"] {
            jupyter.env(own, &home);
        }
        jupyter
            .args(["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"])
            .arg(format!("--IdentityProvider.token={MASTER}"))
            .arg(format!("--ServerApp.root_dir={}", disk.path().join("files").display()));
        let definition = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services/jupyter.json");
        let how = ["--kind", "jupyter", "--auth", "scheme:token", "--definition", definition];
        Self { connected: Connected::with("notes", Server::start(&mut jupyter), MASTER, &how), disk }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.disk.path().join("files").join(name)
    }
}

#[test]
fn files_of_one_folder_are_listed_made_read_and_deleted_and_the_disk_agrees() {
    let jupyter = Jupyter::start();
    let notes = &jupyter.connected;
    let grants = ["read", "write", "delete"].map(|what| format!("notes:folder=drafts:contents.{what}"));
    let token = notes.token("editor", &grants.each_ref().map(String::as_str));

    let made = notes.curl(&token, "/api/contents/drafts/a.txt", &[&["-X", "PUT"][..], &TEXT].concat());
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.value("location"), Some(notes.url("/api/contents/drafts/a.txt").as_str()));
    assert_eq!(made.value("set-cookie"), None, "no session of the owner's for the application");
    assert_eq!(std::fs::read_to_string(jupyter.file("drafts/a.txt")).unwrap(), "written through the gateway");

    let listed = notes.curl(&token, "/api/contents/drafts", &[]).json();
    assert_eq!(listed["content"][0]["path"], "drafts/a.txt");
    let read = notes.curl(&token, "/api/contents/drafts/a.txt?content=1", &[]).json();
    assert_eq!(read["content"], "written through the gateway");

    assert_eq!(notes.curl(&token, "/api/contents/drafts/a.txt", &["-X", "DELETE"]).status, 204);
    assert!(!jupyter.file("drafts/a.txt").exists());
    assert_eq!(notes.curl(&token, "/api/contents/drafts/a.txt", &[]).status, 404, "the service's own");

    for (path, method) in [("final", "GET"), ("final/report.txt", "GET"), ("final/report.txt", "DELETE")] {
        let refused = notes.curl(&token, &format!("/api/contents/{path}"), &["-X", method]);
        assert_eq!((refused.status, refused.value("valetkey-refused")), (403, Some("insufficient_scope")));
        assert!(refused.text().contains("notes:folder=final:contents."), "{}", refused.text());
    }
    assert!(jupyter.file("final/report.txt").exists());
    let kernel = notes.curl(&token, "/api/kernels", &["-X", "POST"]);
    assert_eq!((kernel.status, kernel.value("valetkey-refused")), (403, Some("operation_unknown")));
}

#[test]
fn a_read_only_token_makes_nothing_and_a_revoked_one_reads_nothing() {
    let jupyter = Jupyter::start();
    let notes = &jupyter.connected;
    let reader = notes.token("reader", &["notes:global:contents.read"]);
    assert_eq!(notes.curl(&reader, "/api/contents/final/report.txt", &[]).json()["content"], "final");
    let roots = notes.curl(&reader, "/api/contents", &[]).json();
    assert_eq!(roots["content"].as_array().unwrap().len(), 2, "{roots}");

    let refused = notes.curl(&reader, "/api/contents/drafts/b.txt", &[&["-X", "PUT"][..], &TEXT].concat());
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("notes:folder=drafts:contents.write"), "{}", refused.text());
    let copy = notes.curl(&reader, "/api/contents/drafts", &["-d", r#"{"copy_from":"final/report.txt"}"#]);
    assert_eq!(copy.json()["missing"], serde_json::json!([["notes:global:contents.write"]]));
    assert!(std::fs::read_dir(jupyter.file("drafts")).unwrap().next().is_none(), "nothing was made");

    notes.folder.vk(&["token", "update", "reader", "--add", "notes:global:contents.write"]).ok();
    let copy = notes.curl(&reader, "/api/contents/drafts", &["-d", r#"{"copy_from":"final/report.txt"}"#]);
    assert_eq!(copy.status, 201, "same secret, next request: {copy:?}");
    assert_eq!(std::fs::read_to_string(jupyter.file("drafts/report.txt")).unwrap(), "final");

    notes.folder.vk(&["token", "revoke", "reader"]).ok();
    let revoked = notes.curl(&reader, "/api/contents/final/report.txt", &[]);
    assert_eq!((revoked.status, revoked.value("valetkey-refused")), (401, Some("invalid_token")));
    assert!(!revoked.has("final"));
    assert_eq!(notes.refusals().last().unwrap(), "invalid_token: revoked");
}
