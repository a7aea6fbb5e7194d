//! GitHub's GraphQL, as far as limited tokens may ask for it: what its own command line tool reads, and what belongs to that.
//!
//! GitHub publishes no permissions of fields. They are those that its REST API has for the same things; where that takes one of several,
//! the field takes the one whose name it has. What is decided here:
//! - Everything of a repository needs `metadata.read` besides, for the answer alone tells whether there is such a repository.
//! - What leads to another repository, account or team ends there: only what it is called can be seen ([`people`], `NamedRepository`).
//!   References between issues, pull requests and projects are left out, for they lead anywhere.
//! - Roots that name no repository or organization count in the global context only: [`roots`] says what they need.
//! - GitHub lists no permission for checks. A check's name, state and times count as a status and a result of Actions
//!   (`statuses.read`, `actions.read`); what it says at length is left out.
//! - There are no mutations: they name what they change by GitHub's own identifiers, which tell nothing of where that is.
//! - Rendered HTML is left out: GitHub puts titles of other things into it.

mod checks;
mod code;
mod issues;
mod people;
mod pull_requests;
mod repositories;

use crate::{
    Operation,
    graph::{Graph, GraphField as Field, GraphType as Type},
};

const ISSUES: &[&str] = &["issues.read"];
const PULL_REQUESTS: &[&str] = &["pull_requests.read"];
const CONTENTS: &[&str] = &["contents.read"];
const METADATA: &[&str] = &["metadata.read"];
const MEMBERS: &[&str] = &["members.read"];
const STATUSES: &[&str] = &["statuses.read"];
/// Of whatever is found without naming where it is.
const ANYWHERE: &[&str] = &["metadata.read", "issues.read", "pull_requests.read"];
/// Boards of the old kind belong to a repository, or to its owner as those of an organization do.
const BOARDS: &[&str] = &["organization_projects.read"];

pub(super) fn graph() -> Graph {
    let mut types = roots();
    types.extend(people::types());
    types.extend(repositories::types());
    types.extend(code::types());
    types.extend(issues::types());
    types.extend(pull_requests::types());
    types.extend(checks::types());
    Graph { introspection: true, types }
}

/// The one place that there is: an Enterprise Server has it beside the base of its REST API.
pub(super) fn operations() -> [Operation; 2] {
    let at = |path, endpoint| Operation { graphql: true, endpoint, ..Operation::of("POST", path) };
    [at("/graphql", None), at("/api/graphql", Some("graphql"))]
}

/// Where queries begin, and what only they lead to.
fn roots() -> Vec<Type> {
    let repository = [("repository", "{owner}/{name}"), ("organization", "{owner}")];
    let mut types = vec![
        Type::of(
            "Query",
            vec![
                // As `GET /user` and `GET /rate_limit` are open.
                Field::to("viewer", "Viewer"),
                Field::to("rateLimit", "RateLimit"),
                Field::to("repository", "Repository").needs(METADATA).named_by(&repository),
                Field::to("organization", "Organization")
                    .needs(METADATA)
                    .named_by(&[("organization", "{login}")]),
                // Its list holds what the account only works on too.
                Field::to("repositoryOwner", "ListedOwner").needs(METADATA),
                Field::to("node nodes", "Node").needs(ANYWHERE),
                Field::to("search", "SearchResultItemConnection").needs(ANYWHERE),
            ],
        ),
        Type::of("RateLimit", vec![Field::leaf("cost limit nodeCount remaining resetAt used")]),
        Type::of("PageInfo", vec![Field::leaf("endCursor hasNextPage hasPreviousPage startCursor")]),
        Type::of("Node", vec![Field::leaf("id")]).may_be(&["Issue", "PullRequest"]),
        Type::of(
            "SearchResultItemConnection",
            vec![
                Field::leaf("issueCount repositoryCount userCount"),
                Field::to("pageInfo", "PageInfo"),
                Field::to("nodes", "SearchResultItem"),
                Field::to("edges", "SearchResultItemEdge"),
            ],
        ),
        Type::union("SearchResultItem", &["Issue", "PullRequest", "Repository", "User", "NamedOrganization"]),
    ];
    types.push(edge("SearchResultItemEdge", "SearchResultItem"));
    types
}

/// A list and its edges, of which nothing but what it holds is to be known.
fn list(connection: &'static str, edge_name: &'static str, node: &'static str) -> [Type; 2] {
    let fields = vec![
        Field::leaf("totalCount"),
        Field::to("pageInfo", "PageInfo"),
        Field::to("nodes", node),
        Field::to("edges", edge_name),
    ];
    [Type::of(connection, fields), edge(edge_name, node)]
}

fn edge(name: &'static str, node: &'static str) -> Type {
    Type::of(name, vec![Field::leaf("cursor"), Field::to("node", node)])
}
