//! Shipped definitions in front of a recorder, where the head of a request matters.

use valetkey_testkit::Recorder;

use crate::scene::Scene;

const FORGEJO: &str = include_str!("../../../catalog/definitions/forgejo.json");
const NPM: &str = include_str!("../../../catalog/definitions/npm.json");

#[test]
fn an_instance_under_a_sub_path_is_reached_with_all_that_is_on_its_host() {
    let mut scene = Scene::of(Recorder::start(), "/forge", FORGEJO, Some("basic:x-access-token"));
    let (_, token) = scene.token("up:repository=acme/site:repository.read up:organization=acme:package.read");
    for path in [
        "/api/v1/repos/acme/site/contents/a%2Fb",
        "/acme/site.git/info/refs?service=git-upload-pack",
        "/api/packages/acme/npm/@acme%2Fsite",
        "/v2/acme/site/tags/list",
    ] {
        assert_eq!(scene.ask(&token, "GET", &format!("/up{path}")).status, 200, "{path}");
        let seen = scene.upstream.requests().last().unwrap().line().to_owned();
        assert_eq!(seen, format!("GET /forge{path} HTTP/1.1"));
    }
    assert_eq!(scene.ask(&token, "GET", "/up/api/v1/repos/acme/other").status, 403);
}

#[test]
fn a_scoped_package_goes_out_as_npm_writes_it_and_nothing_else_is_taken_in_lower_case() {
    let mut scene = Scene::of(Recorder::start(), "", NPM, None);
    let (_, token) = scene.token("up:package=@acme/site:packages.read");
    assert_eq!(scene.ask(&token, "GET", "/up/@acme%2fsite").status, 200);
    assert_eq!(scene.upstream.requests().last().unwrap().line(), "GET /@acme%2fsite HTTP/1.1");
    assert_eq!(scene.ask(&token, "GET", "/up/%40acme%2fsite%c3%a9").status, 400);
    let mut forge = Scene::of(Recorder::start(), "", FORGEJO, None);
    let (_, token) = forge.token("up:global:repository.read");
    assert_eq!(forge.ask(&token, "GET", "/up/api/v1/repos/acme/site/contents/a%2fb").status, 400);
}
