//! What a service tells besides rights: what it accepts, and when it stops taking the credential.

use std::{io::Write, sync::Arc};

use valetkey_testkit::{Recorded, Recorder};
use valetkey_wire::{ActivityFilter, NewService, Question};

use super::{
    bench::{Bench, create, get, limited, until},
    rights::{VARIABLES, WRITE, github},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_github_accepts_is_told_where_it_refuses_and_is_known_after_a_restart() {
    // GitHub, "Troubleshooting the REST API": sets apart by semicolons, each with all that it takes.
    let recorder = Recorder::scripted(Arc::new(|request: &Recorded, stream| {
        let (status, fields, body) = if request.line().starts_with("GET /user ") {
            ("200 OK", "", r#"{"login":"octocat"}"#)
        } else {
            ("403 Forbidden", "x-accepted-github-permissions: actions_variables=write\r\n", "{}")
        };
        write!(stream, "HTTP/1.1 {status}\r\n{fields}content-length: {}\r\n\r\n{body}", body.len())?;
        Ok(true)
    }));
    let bench = Bench::new();
    let host = bench.serve().await;
    host.add_service(github(&recorder)).await.unwrap();
    let token = create(&host, "ci", limited(&[WRITE])).await;
    assert_eq!(get(&host, VARIABLES, &token).await, 403);
    until(&host, async |host| !host.services().await[0].accepted.is_empty()).await;
    let row = &host.services().await[0].accepted[0];
    assert_eq!(row.operation, "GET /repos/{owner}/{repo}/actions/variables");
    assert_eq!(row.accepts, "actions_variables=write");
    host.shut_down().await;

    let host = bench.serve().await;
    let filter = ActivityFilter { refused_by_service: true, ..ActivityFilter::default() };
    let records = host.activity(filter).await.unwrap();
    assert_eq!(records[0].accepts.as_deref(), Some("actions_variables=write"));
    let question = Question { token: "ci".into(), method: "GET".into(), url: VARIABLES.into(), body: None };
    let answer = host.explain(&question).await.unwrap();
    assert_eq!(answer.accepts.as_deref(), Some("actions_variables=write"));
    let other = Question { method: "DELETE".into(), url: format!("{VARIABLES}/NAME"), ..question };
    assert_eq!(host.explain(&other).await.unwrap().accepts, None);
    host.remove_service("github").await.unwrap();
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_ends_within_a_week_is_said_at_a_glance() {
    let bench = Bench::new();
    let days = |days: i64| jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    let ending = |days: jiff::Timestamp| {
        let end = days.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        Recorder::scripted(Arc::new(move |_: &Recorded, stream| {
            let body = r#"{"login":"octocat"}"#;
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ngithub-authentication-token-expiration: {end}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )?;
            Ok(true)
        }))
    };
    let (soon, later) = (ending(days(3)), ending(days(30)));
    let host = bench.serve().await;
    host.add_service(github(&soon)).await.unwrap();
    host.add_service(NewService { name: "other".into(), ..github(&later) }).await.unwrap();
    let said = host.status().await.ending;
    assert_eq!(said.iter().map(|ending| ending.service.as_str()).collect::<Vec<_>>(), ["github"]);
    assert_eq!(Some(said[0].ends), host.services().await[0].credential_expires);
    host.shut_down().await;
}
