use crate::document::{ByNumber, Resolve};

/// Where a place has a number in the place of a name. GitHub's source does not list these, but GitHub's own answers lead to them: links
/// to further pages ("Using pagination in the REST API"), and redirects of what was renamed ("Best practices for using the REST API").
pub(super) const PLACES: [ByNumber; 4] = [
    ByNumber {
        path: "/repos/{owner}/{repo}",
        also: "/repositories/{repository_id}",
        contexts: &[("repository", "{repository_id}")],
    },
    ByNumber {
        path: "/orgs/{org}/teams/{team_slug}",
        also: "/organizations/{org_id}/team/{team_id}",
        contexts: &[("organization", "{org_id}")],
    },
    ByNumber {
        path: "/orgs/{org}",
        also: "/organizations/{org_id}",
        contexts: &[("organization", "{org_id}")],
    },
    ByNumber { path: "/users/{username}", also: "/user/{account_id}", contexts: &[] },
];

/// Its answer tells the owner as well.
pub(super) const REPOSITORY: Resolve = Resolve {
    path: "/repos/{**}",
    by_number: Some("/repositories/{}"),
    mark: "",
    id: "id",
    name: "full_name",
    inside: &[("organization", "owner")],
};

/// Repositories are also owned by users, who are found by their names like organizations. A login may consist of digits.
pub(super) const ACCOUNT: Resolve = Resolve {
    path: "/users/{}",
    by_number: Some("/organizations/{}"),
    mark: "#",
    id: "id",
    name: "login",
    inside: &[],
};
