import type { ContextKind } from "../bindings/ContextKind";
import type { PermissionRow } from "../bindings/PermissionRow";
import type { Risk } from "../bindings/Risk";
import type { ServiceKind } from "../bindings/ServiceKind";

/** What the stand-in knows of a kind of service. */
export interface Definition {
  kinds: ContextKind[];
  /** Permissions by kind of context. */
  permissions: Record<string, PermissionRow[]>;
  operations: number;
}

interface Spare {
  implies?: string[];
  risk?: Risk;
  /** Why the owner can't grant it. */
  lacks?: string;
}

function row(group: string, name: string, title: string, description: string, operations: string[], spare: Spare = {}): PermissionRow {
  return {
    name,
    title,
    group,
    description,
    risk: spare.risk ?? "plain",
    assignable: spare.lacks === undefined,
    reason: spare.lacks ?? null,
    implies: spare.implies ?? [],
    operations,
  };
}

const GLOBAL: ContextKind = { name: "global", title: "Everywhere", takes_value: false, values: [] };

const repository: PermissionRow[] = [
  row("Code", "contents.read", "Read contents", "Read files, commits, branches and releases.", ["GET /repos/{owner}/{repo}/contents/{path}", "GET /repos/{owner}/{repo}/commits", "GET /repos/{owner}/{repo}/branches", "GET /repos/{owner}/{repo}/releases"]),
  row("Code", "contents.write", "Write contents", "Push commits, make branches and publish releases.", ["PUT /repos/{owner}/{repo}/contents/{path}", "POST /repos/{owner}/{repo}/git/commits", "POST /repos/{owner}/{repo}/releases"], { implies: ["contents.read"] }),
  row("Code", "contents.delete", "Delete contents", "Delete files, branches and releases.", ["DELETE /repos/{owner}/{repo}/contents/{path}", "DELETE /repos/{owner}/{repo}/releases/{id}"], { implies: ["contents.read"], risk: "destructive" }),
  row("Issues and pull requests", "issues.read", "Read issues", "Read issues, comments and labels.", ["GET /repos/{owner}/{repo}/issues", "GET /repos/{owner}/{repo}/issues/{number}"]),
  row("Issues and pull requests", "issues.write", "Write issues", "Open, edit, label and close issues.", ["POST /repos/{owner}/{repo}/issues", "PATCH /repos/{owner}/{repo}/issues/{number}"], { implies: ["issues.read"] }),
  row("Issues and pull requests", "pulls.read", "Read pull requests", "Read pull requests, reviews and their checks.", ["GET /repos/{owner}/{repo}/pulls", "GET /repos/{owner}/{repo}/pulls/{number}"]),
  row("Issues and pull requests", "pulls.write", "Write pull requests", "Open, review and merge pull requests.", ["POST /repos/{owner}/{repo}/pulls", "PUT /repos/{owner}/{repo}/pulls/{number}/merge"], { implies: ["pulls.read"] }),
  row("Automation", "actions.read", "Read workflow runs", "Read workflow runs, their logs and artifacts.", ["GET /repos/{owner}/{repo}/actions/runs", "GET /repos/{owner}/{repo}/actions/runs/{id}/logs"]),
  row("Automation", "actions.write", "Run workflows", "Start, cancel and rerun workflows.", ["POST /repos/{owner}/{repo}/actions/runs/{id}/rerun", "POST /repos/{owner}/{repo}/actions/runs/{id}/cancel"], { implies: ["actions.read"] }),
  row("Administration", "secrets.write", "Write secrets", "Set the secrets that workflows use.", ["PUT /repos/{owner}/{repo}/actions/secrets/{name}"], { risk: "mints_credentials" }),
  row("Administration", "administration.write", "Administer", "Change settings, hooks and collaborators, or delete the repository.", ["PATCH /repos/{owner}/{repo}", "DELETE /repos/{owner}/{repo}"], { risk: "destructive", lacks: "Your credential for github has no administration right here." }),
];

const account: PermissionRow[] = [
  row("Account", "profile.read", "Read profile", "Read your profile and e-mail addresses.", ["GET /user", "GET /user/emails"]),
  row("Account", "keys.write", "Write SSH keys", "Add and remove SSH keys of your account.", ["POST /user/keys", "DELETE /user/keys/{id}"], { risk: "mints_credentials" }),
  row("Account", "organizations.read", "Read organizations", "List organizations and their members.", ["GET /user/orgs", "GET /orgs/{org}/members"]),
  row("Account", "gists.write", "Write gists", "Make, edit and delete gists.", ["POST /gists", "DELETE /gists/{id}"], { risk: "destructive", lacks: "Your credential for github lacks the scope gist." }),
];

const namespace: PermissionRow[] = [
  row("Environments", "Env.View", "View environments", "See the environments of a namespace and their state.", ["GET /namespaces/{namespace}/environments", "GET /namespaces/{namespace}/environments/{id}"]),
  row("Environments", "Env.Manage", "Manage environments", "Start, stop and change environments.", ["POST /namespaces/{namespace}/environments", "PATCH /namespaces/{namespace}/environments/{id}"], { implies: ["Env.View"] }),
  row("Environments", "Env.Delete", "Delete environments", "Delete environments with everything in them.", ["DELETE /namespaces/{namespace}/environments/{id}"], { implies: ["Env.View"], risk: "destructive" }),
  row("Repositories", "Repo.View", "View repositories", "See connected repositories.", ["GET /namespaces/{namespace}/repositories"]),
  row("Repositories", "Repo.Manage", "Manage repository connections", "Connect and disconnect repositories.", ["POST /namespaces/{namespace}/repositories"], { implies: ["Repo.View"] }),
  row("Secrets", "Secret.Create", "Create secrets", "Store a secret that environments can read.", ["POST /namespaces/{namespace}/secrets"], { risk: "mints_credentials" }),
];

const overall: PermissionRow[] = [
  row("Namespaces", "Namespace.View", "View namespaces", "List namespaces and their details.", ["GET /namespaces", "GET /namespaces/{namespace}"]),
  row("Namespaces", "Namespace.Create", "Create namespaces", "Make a new namespace.", ["POST /namespaces"], { implies: ["Namespace.View"] }),
  row("People", "People.View", "View people", "List people and the groups they are in.", ["GET /people"]),
  row("People", "People.Manage", "Manage people", "Change anybody's personal data.", ["PATCH /people/{person}"], { implies: ["People.View"], lacks: "You are not a system administrator of this sandbox." }),
];

const hand: PermissionRow[] = [
  row("Requests", "read", "Read", "Every GET and HEAD request.", ["GET /{path}"]),
  row("Requests", "write", "Write", "Every POST, PUT and PATCH request.", ["POST /{path}", "PUT /{path}", "PATCH /{path}"], { implies: ["read"] }),
  row("Requests", "delete", "Delete", "Every DELETE request.", ["DELETE /{path}"], { risk: "destructive" }),
];

/** By kind. */
export const DEFINITIONS: Record<string, Definition> = {
  github: {
    kinds: [GLOBAL, { name: "repository", title: "Repository", takes_value: true, values: ["acme/site", "acme/api", "acme/infrastructure", "acme/docs", "octocat/dotfiles"] }, { name: "user", title: "Your account", takes_value: false, values: [] }],
    permissions: { global: [...repository, ...account], repository, user: account },
    operations: 942,
  },
  sandbox: {
    kinds: [GLOBAL, { name: "namespace", title: "Namespace", takes_value: true, values: ["web", "data", "research"] }],
    permissions: { global: [...overall, ...namespace], namespace },
    operations: 24,
  },
  rest: { kinds: [GLOBAL], permissions: { global: hand }, operations: 5 },
};

/** What can be connected. */
export const KINDS: ServiceKind[] = [
  { kind: "sandbox", title: "Sandbox", description: "A small service inside this program, to try everything without an account.", base_url: null, needs_base_url: false, needs_credential: false, credential_form: "bearer" },
  { kind: "github", title: "GitHub", description: "Repositories, issues, pull requests and workflows.", base_url: "https://api.github.com", needs_base_url: false, needs_credential: true, credential_form: "bearer" },
  { kind: "rest", title: "Any REST API", description: "Anything that speaks HTTP and takes its credential in a header.", base_url: null, needs_base_url: true, needs_credential: true, credential_form: "bearer" },
];
