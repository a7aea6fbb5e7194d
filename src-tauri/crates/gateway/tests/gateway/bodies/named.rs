//! Bodies and names together: the direction of an LFS batch, and the project by whatever name, in front of the stand-in for GitLab.

use valetkey_testkit::Answer;

use crate::{
    naming::Forge,
    scene::{Scene, refused},
};

fn batch(scene: &Scene, token: &str, project: &str, operation: &str) -> Answer {
    let body = format!(r#"{{"operation":"{operation}","objects":[]}}"#);
    let head = format!(
        "POST /lab/{project}.git/info/lfs/objects/batch HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\
         Content-Type: application/vnd.git-lfs+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    scene.raw(token, &head)
}

#[test]
fn a_grant_for_a_group_or_a_number_covers_the_direction_that_it_names() {
    let mut forge = Forge::new();
    let (_, pushes) = forge.scene.token("lab:group=acme:push_code");
    let (_, pulls) = forge.scene.token("lab:group=7:download_code");
    let (_, numbered) = forge.scene.token("lab:project=43:push_code");
    for (token, project, operation, status) in [
        (&pushes, "acme/site", "upload", 200),
        (&pushes, "acme/tools/cli", "upload", 200),
        (&pushes, "acme-evil/site", "upload", 403),
        (&pushes, "nobody/knows", "upload", 403),
        (&pulls, "acme/site", "upload", 403),
        (&pulls, "acme/site", "download", 200),
        (&numbered, "acme/tools/cli", "upload", 200),
        (&numbered, "acme/site", "upload", 403),
    ] {
        let answer = batch(&forge.scene, token, project, operation);
        assert_eq!(answer.status, status, "{project} {operation}: {}", answer.text());
        if status == 403 {
            assert_eq!(refused(&answer), "insufficient_scope", "{project} {operation}");
        }
    }
    let (asked, forwarded) = forge.asked_and_forwarded();
    assert_eq!(forwarded, 4);
    assert!(asked.iter().any(|path| path == "/api/v4/projects/acme%2Fsite"), "{asked:?}");
    let requests = forge.scene.upstream.requests();
    let bodies: Vec<_> = requests.iter().filter(|request| !request.body.is_empty()).collect();
    assert!(bodies.iter().all(|request| request.line().starts_with("POST /acme/")));
    let entry = &forge.scene.log.entries()[0];
    assert_eq!(entry.context, "project=acme/site project=42");
}

#[test]
fn gitlab_takes_no_other_identity_from_a_form_or_json() {
    let mut forge = Forge::new();
    let (_, token) = forge.scene.token("lab:project=42:create_work_item");
    let line =
        "POST /lab/api/v4/projects/42/issues HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n";
    let parameters =
        ["private_token", "access_token", "job_token", "deploy_token", "feed_token", "sudo", "_method"];
    for parameter in parameters {
        for (kind, body) in [
            ("application/x-www-form-urlencoded", format!("title=a&{parameter}=x")),
            ("application/json", format!(r#"{{"title":"a","{parameter}":"x"}}"#)),
            (
                "multipart/form-data; boundary=b",
                format!("--b\r\nContent-Disposition: form-data; name=\"{parameter}\"\r\n\r\nx\r\n--b--\r\n"),
            ),
        ] {
            let length = body.len();
            let request = format!("{line}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}");
            let answer = forge.scene.raw(&token, &request);
            assert_eq!((answer.status, refused(&answer)), (400, "invalid_request"), "{kind} {parameter}");
        }
    }
    assert_eq!(forge.scene.upstream.connections(), 0);
    let body = r#"{"title":"a","description":"sudo"}"#;
    let length = body.len();
    let request = format!("{line}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
    assert_eq!(forge.scene.raw(&token, &request).status, 200);
    assert_eq!(forge.asked_and_forwarded(), (Vec::new(), 1));
}
