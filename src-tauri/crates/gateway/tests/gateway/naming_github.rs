//! Repositories and accounts of GitHub by number and by name, in front of a stand-in for GitHub that knows a few of them.

use serde_json::{Value, json};
use valetkey_core::activity::Outcome;
use valetkey_testkit::Answer;

use crate::{
    scene::refused,
    stand_in::{Knows, StandIn},
};

const DEFINITION: &str = include_str!("../../../catalog/definitions/github.json");

/// What the stand-in knows.
#[derive(Debug)]
struct Known {
    /// (id, login, whether it is an organization)
    accounts: Vec<(u64, &'static str, bool)>,
    /// (id, owner, name)
    repositories: Vec<(u64, &'static str, &'static str)>,
    /// Names that repositories had, and their ids.
    former: Vec<(&'static str, u64)>,
}

impl Known {
    fn account(&self, login: &str) -> Value {
        let (id, login, _) = self.accounts.iter().find(|(_, known, _)| *known == login).unwrap();
        json!({"id": id, "login": login, "type": "User"})
    }
}

impl Knows for Known {
    /// As GitHub: with where it leads on to among the headers.
    fn answer(&self, base: &str, path: &str) -> (u16, String, Value) {
        let (place, query) = path.split_once('?').unwrap_or((path, ""));
        let segments: Vec<&str> = place.split('/').skip(1).collect();
        let none = (404, String::new(), json!({"message": "Not Found"}));
        let (found, below) = match segments[..] {
            ["repos", owner, name, ..] => {
                let full = format!("{owner}/{name}");
                let below = place.splitn(5, '/').nth(4).map(|below| format!("/{below}")).unwrap_or_default();
                if let Some((_, id)) = self.former.iter().find(|(former, _)| *former == full) {
                    return (301, format!("Location: {base}/repositories/{id}{below}\r\n"), json!({}));
                }
                (
                    self.repositories
                        .iter()
                        .find(|(_, of, called)| format!("{of}/{called}").eq_ignore_ascii_case(&full)),
                    below,
                )
            }
            ["repositories", id, ..] => {
                let below = place.splitn(4, '/').nth(3).map(|below| format!("/{below}")).unwrap_or_default();
                (self.repositories.iter().find(|(known, ..)| known.to_string() == id), below)
            }
            ["users" | "organizations", login] => {
                let fits = |(id, name, is_organization): &&(u64, &str, bool)| match segments[0] {
                    "users" => name.eq_ignore_ascii_case(login),
                    _ => *is_organization && id.to_string() == login,
                };
                let found = self.accounts.iter().find(fits);
                return found.map_or(none, |(_, login, _)| (200, String::new(), self.account(login)));
            }
            _ => return (200, String::new(), json!([])),
        };
        let Some((id, owner, name)) = found else { return none };
        if below.is_empty() {
            let full = format!("{owner}/{name}");
            return (200, String::new(), json!({"id": id, "full_name": full, "owner": self.account(owner)}));
        }
        let next = format!("Link: <{base}/repositories/{id}{below}?page=2>; rel=\"next\"\r\n");
        (200, if query.is_empty() { next } else { String::new() }, json!([]))
    }
}

type Hub = StandIn<Known>;

impl Hub {
    fn new() -> Self {
        Self::below("")
    }

    /// With its API below this path of its host, as an Enterprise Server has it.
    fn below(path: &'static str) -> Self {
        let known = Known {
            accounts: vec![(7, "acme", true), (8, "umbrella", true), (3, "octocat", false), (9, "7", true)],
            repositories: vec![
                (42, "acme", "site"),
                (43, "umbrella", "secret"),
                (44, "octocat", "acme"),
                (45, "7", "site"),
            ],
            former: Vec::new(),
        };
        Self::start(known, "hub", path, DEFINITION, None)
    }

    /// Where a reply leads on to, as a path of the gateway below the service.
    fn leads_to(&self, answer: &Answer, header: &str) -> String {
        let value = answer.value(header).unwrap();
        let url = value.split(['<', '>']).nth(usize::from(value.starts_with('<'))).unwrap();
        let own = format!("http://{}/hub", self.scene.host());
        url.strip_prefix(&own).unwrap_or_else(|| panic!("{value}")).to_owned()
    }
}

#[test]
fn a_link_to_the_next_page_leads_through_the_gateway_and_is_covered_by_the_same_grant() {
    let mut hub = Hub::new();
    for grant in ["repository=Acme/Site", "organization=acme", "repository=42"] {
        let (_, token) = hub.scene.token(&format!("hub:{grant}:issues.read"));
        let first = hub.get(&token, "/repos/acme/site/issues");
        let next = hub.leads_to(&first, "link");
        assert_eq!((first.status, next.as_str()), (200, "/repositories/42/issues?page=2"), "{grant}");
        for _ in 0..2 {
            let second = hub.get(&token, &next);
            assert_eq!((second.status, second.value("link")), (200, None), "{grant}");
        }
    }
    assert_eq!(hub.asked_and_forwarded(), (vec!["/repositories/42".to_owned()], 9), "asked once for all");
    let entries = hub.scene.log.entries();
    assert_eq!(entries[1].operation, "GET /repos/{owner}/{repo}/issues", "it is the same operation");
    assert_eq!(entries[1].context, "repository=42 repository=acme/site");
}

#[test]
fn a_grant_for_an_account_covers_what_it_owns_by_number_too_and_no_namesake() {
    let mut hub = Hub::new();
    for (grant, covered) in [
        ("organization=acme", vec![42]),
        ("organization=#7", vec![42]),
        ("organization=octocat", vec![44]),
        ("organization=#3", vec![44]),
        // The account called 7 is not the one that has this number.
        ("organization=7", vec![45]),
        ("organization=#9", vec![45]),
        ("repository=octocat/acme", vec![44]),
        ("repository=42", vec![42]),
    ] {
        let (_, token) = hub.scene.token(&format!("hub:{grant}:issues.read"));
        for (id, name) in [
            (42, "acme/site"),
            (43, "umbrella/secret"),
            (44, "octocat/acme"),
            (45, "7/site"),
            (46, "no/such"),
        ] {
            let expected = if covered.contains(&id) { 200 } else { 403 };
            assert_eq!(
                hub.get(&token, &format!("/repositories/{id}/issues")).status,
                expected,
                "{grant} {id}"
            );
            assert_eq!(hub.get(&token, &format!("/repos/{name}/issues")).status, expected, "{grant} {name}");
        }
    }
}

#[test]
fn an_organization_and_its_teams_are_found_by_number() {
    let mut hub = Hub::new();
    let (_, by_name) = hub.scene.token("hub:organization=acme:members.read");
    let (_, by_number) = hub.scene.token("hub:organization=#7:members.read");
    for path in [
        "/organizations/7/members?page=2",
        "/organizations/7/team/1/members",
        "/orgs/acme/members",
        "/orgs/acme/teams/a/members",
    ] {
        assert_eq!(hub.get(&by_name, path).status, 200, "{path}");
        assert_eq!(hub.get(&by_number, path).status, 200, "{path}");
    }
    for path in [
        "/organizations/8/members",
        "/organizations/9/members",
        "/organizations/3/members",
        "/orgs/7/members",
        "/orgs/%237/members",
    ] {
        assert_eq!(hub.get(&by_name, path).status, 403, "{path}");
    }
    assert_eq!(hub.get(&by_number, "/orgs/7/members").status, 403, "the account called 7 has another number");
}

#[test]
fn nothing_is_asked_where_it_could_change_nothing() {
    let mut hub = Hub::new();
    for (access, path, status) in [
        ("hub:repository=42:issues.read", "/repositories/42/issues", 200),
        ("hub:repository=42:issues.read", "/repositories/43/issues", 403),
        ("hub:repository=acme/site:issues.read", "/repos/acme/other/issues", 403),
        ("hub:repository=acme/site:issues.read", "/repositories/43/contents/a", 403),
        ("hub:organization=acme:issues.read", "/repos/umbrella/secret/issues", 403),
        ("hub:organization=acme:issues.read", "/repos/acme/site/issues", 200),
        ("hub:organization=#7:members.read", "/organizations/8/members", 403),
        ("hub:global:issues.read", "/repositories/43/issues", 200),
        ("**", "/repositories/43/issues", 200),
        ("hub:repository=acme/site:issues.read", "/repositories/secret/issues", 403),
    ] {
        let (_, token) = hub.scene.token(access);
        assert_eq!(hub.get(&token, path).status, status, "{access} {path}");
    }
    assert_eq!(hub.asked_and_forwarded(), (Vec::new(), 4));
}

#[test]
fn who_has_no_grant_for_a_number_is_told_the_same_whether_it_is_taken_or_not() {
    let mut hub = Hub::new();
    let (_, token) = hub.scene.token("hub:repository=acme/site:issues.read");
    let told = |id: &str| {
        let answer = hub.get(&token, &format!("/repositories/{id}/issues"));
        assert_eq!((answer.status, refused(&answer)), (403, "insufficient_scope"));
        let text = answer.text().replace(id, "N");
        let told = text.split_once("\"request_id\"").map(|(told, _)| told.to_owned());
        told.unwrap()
    };
    assert_eq!(told("43"), told("99"));
    assert!(!told("43").contains("secret"));
    let entry = hub.scene.log.entries().remove(0);
    let expected = (Outcome::Refusal, "repository=43 repository=umbrella/secret");
    assert_eq!((entry.outcome, entry.context.as_str()), expected, "the owner is told");
}

#[test]
fn a_renamed_repository_keeps_the_grant_of_its_number_and_is_followed_where_its_new_name_is_covered() {
    let mut hub = Hub::new();
    let (_, by_name) = hub.scene.token("hub:repository=acme/site:issues.read");
    let (_, by_number) = hub.scene.token("hub:repository=42:issues.read");
    let (_, by_owner) = hub.scene.token("hub:organization=acme:issues.read");
    assert_eq!(hub.get(&by_name, "/repositories/42/issues").status, 200);
    hub.change(|known| {
        known.repositories[0] = (42, "acme", "www");
        known.former.push(("acme/site", 42));
    });

    // GitHub's own answer is passed on, and what relied on the old name is forgotten with it.
    let moved = hub.get(&by_name, "/repos/acme/site/issues");
    assert_eq!((moved.status, hub.leads_to(&moved, "location").as_str()), (301, "/repositories/42/issues"));
    hub.scene.clock.advance(10 * 60 * 1000);
    assert_eq!(hub.get(&by_name, "/repositories/42/issues").status, 403, "it is called otherwise now");
    assert_eq!(hub.get(&by_number, "/repositories/42/issues").status, 200);
    assert_eq!(hub.get(&by_number, "/repos/acme/www/issues").status, 200);
    assert_eq!(hub.get(&by_number, "/repos/acme/site/issues").status, 403, "its old name is not its own");
    let moved = hub.get(&by_owner, "/repos/acme/site/issues");
    assert_eq!(hub.get(&by_owner, &hub.leads_to(&moved, "location")).status, 200);

    hub.change(|known| {
        known.repositories[0] = (42, "umbrella", "www");
        known.repositories.push((50, "acme", "site"));
        known.former.clear();
    });
    hub.scene.clock.advance(10 * 60 * 1000);
    assert_eq!(hub.get(&by_owner, "/repositories/42/issues").status, 403, "it was transferred");
    assert_eq!(hub.get(&by_name, "/repositories/50/issues").status, 200, "it has that name now");
    assert_eq!(hub.get(&by_number, "/repos/acme/site/issues").status, 403);
    assert_eq!(hub.get(&by_number, "/repos/umbrella/www/issues").status, 200);
}

#[test]
fn an_enterprise_server_has_its_numbers_below_its_own_path() {
    let mut hub = Hub::below("/api/v3");
    let (_, token) = hub.scene.token("hub:repository=acme/site:issues.read");
    let next = hub.leads_to(&hub.get(&token, "/repos/acme/site/issues"), "link");
    assert_eq!(hub.get(&token, &next).status, 200);
    assert_eq!(hub.get(&token, "/repositories/43/issues").status, 403);
    let (asked, forwarded) = hub.asked_and_forwarded();
    assert_eq!(asked, ["/api/v3/repositories/42", "/api/v3/repositories/43"]);
    assert_eq!(forwarded, 2);
}
