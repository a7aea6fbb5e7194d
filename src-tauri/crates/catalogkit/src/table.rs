//! `docs/catalog.md`.

use std::fmt::Write as _;

use valetkey_catalog::{Definition, import::space::Family};

use crate::{Document, Error, Forge, Listed, Space, forge, listed, space};

const HEAD: &str = "# The catalog

What ships as definitions, counted from them. This page is written by `cargo xtask catalog`; the sources, their versions and licences are
in `src-tauri/crates/catalogkit/sources/`.

| kind | service | permissions | operations | contexts besides global | git | GraphQL | clients tried |
| --- | --- | ---: | ---: | --- | --- | --- | --- |
";

const TAIL: &str = "
*Operations* counts the source's own; where a path can be spelt in several ways, the definition has a template for each. For kinds without a
source of that form it counts the templates. The tests route and decide every
operation of the sources. *Clients tried* run unmodified in the tests, in the versions named, against what stands in for the service: see [docs/clients](clients/README.md).

## What holds for all of them

- An operation that a definition does not know is refused to a token with limited access, with `operation_unknown`. A token with full access
  reaches it, and the service judges.
- What makes or reveals a credential needs a grant of that very permission; neither `*` nor full access is enough.
- A permission that no context of the path can give counts in the global context only: lists over everything, and paths that name a thing by a
  number of its own (`/teams/{team_id}`, `/runners/:id`).

## What you have yourself

Only what you have can be granted. How that is known, by kind:

| kind | who you are | what you may do | when the credential ends |
| --- | --- | --- | --- |
| `github` | `GET /user` | a classic token's scopes (`X-OAuth-Scopes`), by a table of what each may allow; a fine-grained or an app's token does not say | `GitHub-Authentication-Token-Expiration` |
| `gitlab` | `GET /api/v4/user` | the token's scopes (`GET /api/v4/personal_access_tokens/self`), laid over the operations; `read_api` is what at least one `GET` needs | the same |
| `gitea`, `forgejo` | `GET /api/v1/user` | not told to a token | — |
| `space`, `codecanvas` | the profile | right by right | — |
| `openai`, `anthropic` | the organization, from a header | not told | — |
| `sentry` | `GET /api/0/`; an organization's token is nobody's | the scopes that it names, each permission by the `scopes` in the definition | — |
| `slack` | `auth.test`: user and workspace | the scopes (`X-OAuth-Scopes`), each permission by the `scopes` in the definition | — |
| `npm`, `teamcity`, `youtrack` | the user name | not told | — |
| `docker-registry` | not told; `GET /v2/` shows whether it takes the credential | not told | — |
| others, and definitions of your own | — | not told | — |

- What a scope may allow stays allowed, and so does what is public: the service judges each request in the end. Only what certainly needs a
  scope that is absent is taken away. A scope that is not known here takes nothing away.
- A right brings what its permission implies, and holds in whatever is inside of its context as far as names tell: of the organization `acme`,
  in the repository `acme/site`; not of a group, in a project of GitLab. A grant that says more than you have gives the part that you have, and is shown so.
- Project and group access tokens of GitLab are asked like personal ones, for their user is a bot. A fine-grained one tells its permissions (`granular_scopes`); where one of
  them is not known here, nothing follows from it, and you declare.
- Where the service does not tell, you declare (`vk service rights NAME --read-only`, `--declare CONTEXT:PERMISSION`, or in the window). Until
  then everything counts as yours. What a service tells stands above what was declared. Declared as read only, you have the permissions
  of whose operations more read than change.
- It is asked when the service is connected, checked, or given another credential, once a day, and where the service itself answers a permitted
  request with 401 or 403, at most once a minute.

## GitHub

- A permission is the source's key with its level: `issues.read`; GitHub's 73 permissions have 130 levels. `write` brings `read` with it, as in GitHub's own tokens.
- A repository's permission granted for an organization (or any account that owns repositories) holds for every repository of it.
- There is no free reading of public things: the gateway can't see whether a repository is public.
- `workflows.write` is needed besides `contents.write` where a request writes to a path in `.github/workflows`. A push, and a commit that is put together
  from blobs and trees, can change a workflow without that showing in a path: grant `contents.write` only to what may do so.
- Making a repository from a template or a fork names its new owner in the body: only a global grant counts.
- git is on `github.com`, where the credential goes as a password, and the upload of release assets on `uploads.github.com`; both are
  endpoints of the same service, so `contents.read` fetches and `contents.write` pushes and uploads. An LFS batch
  needs the one or the other by the direction in its body. Wikis are closed.
- GitHub's links to further pages and its redirects call repositories, accounts and teams by number: `/repositories/ID/…` for `/repos/OWNER/NAME/…`,
  `/organizations/ID/…` for `/orgs/NAME/…`, `/organizations/ID/team/ID/…`, `/user/ID/…` for `/users/NAME/…`. Such a request is the same operation. A grant for a repository
  or for the account that owns it covers both ways to call it: where a decision hangs on that, the gateway asks GitHub with the owner's credential. In
  grants a repository's number stands as it is (`repository=1300192`), an account's behind `#` (`organization=#9919`), since an account can be called `9919`.
- A grant by name follows the name, not the repository: one that is renamed or transferred leaves the grant, and another one that gets the old name gets the
  grant with it. A grant by number stays with the repository, under its new name too; the old name, from which GitHub leads on, is not covered by
  it. What GitHub told is taken for true for at most ten minutes, and forgotten at once where a request that relied on it gets 301, 302, 307,
  308, 404 or 410. A check marks grants whose repository or account was not found, or has another name.
- At a GitHub Enterprise Server (`https://HOST/api/v3`) git is at `https://HOST` and uploads are at `https://HOST/api/uploads`.
- Where GitHub itself answers 401, 403 or 404 it says what the operation accepts (`X-Accepted-GitHub-Permissions`, of classic tokens `X-Accepted-OAuth-Scopes`). That is kept
  by operation and shown in the activity, by `vk explain` and at the service.
- Open to every token, as to GitHub's own: `GET /user`, `/rate_limit`, `/meta`, `/versions` and `/`. Clients begin with them.
- GraphQL is read field by field: what is listed in the definition can be asked for, everything else is unknown to limited tokens. GitHub publishes no
  permissions of fields; they are those that the REST API has for the same things, and `metadata.read` besides for everything of a repository.
  `repository(owner:, name:)` and `organization(login:)` name their context, as their arguments say it: a grant by number does not count there, and GitHub itself follows
  a repository that was renamed. `viewer` and `rateLimit` are open, as is the schema. `search`, `node`, `nodes` and `repositoryOwner` name no repository: only global
  grants count (`metadata.read`, for the first three also `issues.read` and `pull_requests.read`).
- What leads from one thing to another repository, account or team shows only what that is called. References between issues, pull requests and new projects, rendered
  HTML and mail addresses of the owner are left out; boards of the old kind need `organization_projects.read` of the repository's owner. GitHub lists no permission for
  checks: a check's name, state and times need `statuses.read` and `actions.read`.
- GraphQL changes nothing: mutations name what they change by identifiers that do not tell where it is. An Enterprise Server's is at `https://HOST/api/graphql`.
- Not there: what else GitHub lists no permission for.

## GitLab

- A permission is the source's key: `create_merge_request`. None brings another with it.
- A project or group has a number and a path, and a grant by either covers requests by both: where a decision hangs on that, the gateway asks
  GitLab with the owner's credential which one is meant. A grant for a group covers its subgroups and every project inside them, as GitLab
  itself tells what is inside of what. Where GitLab does not tell, the request is refused.
- After a rename, a grant by number stays with the project; a grant by path goes with the path, to whatever has it now. After a transfer
  a group's grant covers what is inside it now. What GitLab told is taken for true for at most ten minutes, and forgotten at once where a
  request that relied on it gets 301, 302, 307, 308, 404 or 410.
- Fork, transfer, and moving or copying an issue name another project in the body: only a global grant counts.
- A merge request may name another target project in its body; GitLab judges that, and the gateway does not see it.
- `private_token`, `access_token`, `job_token` and `sudo` are refused in the query and dropped as headers. GitLab takes parameters from bodies
  too: they, and `_method`, are refused in forms, in multipart bodies and at the top of JSON. A POST with a body says what that is, in `Content-Type`.
- Operations that GitLab keeps from tokens of this kind (for runners, jobs, its own parts) are unknown, also where a wider path would fit.
- A name that spans several segments in the middle of a path fits up to a certain number of them: 8 for a Go module, 10 for a Maven path, 4 for a Debian
  distribution, else 2. git fits projects in up to 10 groups. What is longer is unknown.
- git takes a token as a password only; it is an endpoint of the same service, at the same base URL. Code is fetched with `download_code` and pushed
  with `push_code`, which GitLab names without a row in its table. An LFS batch
  needs the one or the other by the direction in its body; the credential for two hours that GitLab answers with, for reading and writing, is taken out, and
  the files are led through the gateway.
- Not there: GraphQL, the container registry, feeds, downloads outside the API.
";

/// What is not counted: kind, git, GraphQL, and the clients that a test runs unmodified against it (see `docs/clients/`).
const BESIDES: [(&str, &str, &str, &[&str]); 11] = [
    (
        "github",
        "fetch, push",
        "reading",
        &["gh 2.23.0", "git 2.39.5", "git-lfs 3.3.0", "Octokit 5.0.5", "PyGithub 2.10.0"],
    ),
    ("gitlab", "fetch, push", "full access only", &["python-gitlab 8.6.0"]),
    ("forgejo", "fetch, push", "—", &["git-lfs 3.3.0"]),
    ("gitea", "fetch, push", "—", &[]),
    ("openai", "—", "—", &["openai 3.57.0 (Python)", "openai 6.30.1 (npm)"]),
    ("anthropic", "—", "—", &["anthropic 2.13.0 (Python)", "@anthropic-ai/sdk 1.13.0"]),
    ("npm", "—", "—", &["npm 11.19.1"]),
    ("pypi", "—", "—", &["pip 26.3", "twine 7.0.0"]),
    ("docker-registry", "—", "—", &["skopeo 1.9.3"]),
    ("sentry", "—", "—", &["sentry-cli 3.8.0"]),
    ("slack", "—", "—", &["slack_sdk 3.48.0"]),
];

/// The page.
pub(crate) fn page(documents: &[Document], space: &Space) -> Result<String, Error> {
    let mut page = HEAD.to_owned();
    for kind in ["rest", "sandbox"] {
        if let Some(definition) = valetkey_catalog::kind(kind) {
            row(&mut page, definition, definition.rules().operations.len());
        }
    }
    for document in documents {
        let definition = Definition::parse(&document.text()?)?;
        row(&mut page, &definition, operations(document)?);
    }
    for family in [Family::Space, Family::CodeCanvas] {
        let definition = Definition::parse(&space::definition(space, family)?)?;
        let operations = match family {
            Family::Space => space.endpoints.len(),
            Family::CodeCanvas => definition.rules().operations.len(),
        };
        row(&mut page, &definition, operations);
    }
    page.push_str(TAIL);
    page.push_str(forge::NOTES);
    page.push_str(space::NOTES);
    page.push_str(listed::NOTES);
    Ok(page)
}

fn operations(document: &Document) -> Result<usize, Error> {
    Ok(match document.kind {
        "github" => crate::GitHub::read()?.operations.len(),
        "gitlab" => crate::GitLab::read()?.endpoints.len(),
        "forgejo" => Forge::forgejo()?.known().count(),
        "gitea" => Forge::gitea()?.known().count(),
        kind => match Listed::all()?.iter().find(|source| source.kind == kind) {
            Some(source) => source.operations.iter().filter(|(needed, ..)| needed.is_some()).count(),
            None => document.operations.len(),
        },
    })
}

fn row(page: &mut String, definition: &Definition, operations: usize) {
    let rules = definition.rules();
    let besides = BESIDES.iter().find(|(kind, ..)| *kind == definition.kind());
    let (git, graphql, clients) =
        besides.map_or(("—", "—", &[][..]), |(_, git, graphql, clients)| (*git, *graphql, *clients));
    let kinds: Vec<&str> = rules.kinds.iter().map(|kind| &*kind.name).collect();
    // Writing to a string does not fail.
    let _ = writeln!(
        page,
        "| `{}` | {} | {} | {operations} | {} | {git} | {graphql} | {} |",
        definition.kind(),
        definition.title(),
        rules.permissions.len(),
        list(&kinds),
        list(clients),
    );
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "—".to_owned() } else { names.join(", ") }
}
