import type { ActivityRow } from "../bindings/ActivityRow";
import type { Settings } from "../bindings/Settings";
import type { Status } from "../bindings/Status";
import type { RightsRow } from "../bindings/RightsRow";
import type { ServiceRow } from "../bindings/ServiceRow";
import type { LastUse } from "../bindings/LastUse";
import type { Scope } from "../bindings/Scope";
import { DEFINITIONS } from "./definitions";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A token as the stand-in keeps it; rows are made from it. */
export interface Kept {
  id: string;
  name: string;
  note: string;
  scope: Scope;
  disabled: boolean;
  created: number;
  expires: number | null;
  proxy: boolean;
  revoked: number | null;
  last_used: LastUse | null;
}

/** The whole state of the stand-in. */
export interface World {
  status: Status;
  settings: Settings;
  services: Omit<ServiceRow, "tokens">[];
  tokens: Kept[];
  activity: ActivityRow[];
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Letters from the browser's generator; the stand-in's tokens open nothing. */
export function letters(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => BASE62[byte % 62]).join("");
}

const ENDPOINTS: Record<string, ServiceRow["endpoints"]> = {
  github: [
    { name: "git", base_url: "https://github.com", credential_form: "basic:x-access-token" },
    { name: "uploads", base_url: "https://uploads.github.com", credential_form: "bearer" },
  ],
};

/** What the owner may do: told by GitHub and the sandbox, unknown of the rest. */
function rightsRow(kind: string, permissions: number): RightsRow {
  const asked = kind !== "rest";
  return {
    limited: asked,
    had: asked ? Math.max(permissions - 2, 0) : permissions,
    source: asked ? "service" : "unknown",
    since: asked ? Date.now() - 42 * MINUTE : null,
    scopes: kind === "github" ? "repo, read:org" : null,
    asked,
  };
}

/** A service as a check would leave it. */
export function serviceRow(name: string, kind: string, title: string, base: string, identity: string | null): Omit<ServiceRow, "tokens"> {
  const definition = DEFINITIONS[kind];
  return {
    name,
    kind,
    title,
    base_url: base,
    gateway_url: `http://127.0.0.1:7743/${name}`,
    credential_form: "bearer",
    endpoints: ENDPOINTS[kind] ?? [],
    credential: "ready",
    credential_problem: null,
    identity,
    rights: rightsRow(kind, definition?.permissions["global"]?.length ?? 0),
    credential_expires: kind === "github" ? Date.now() + 9 * DAY : null,
    permissions: definition?.permissions["global"]?.length ?? 0,
    operations: definition?.operations ?? 0,
    definition_read: null,
    checked: Date.now() - 42 * MINUTE,
    check_problem: null,
  };
}

export function kept(name: string, note: string, scope: Scope, now: number, rest: Partial<Kept>): Kept {
  return { id: letters(8), name, note, scope, disabled: false, created: now - 40 * DAY, expires: null, proxy: false, revoked: null, last_used: null, ...rest };
}

export function used(now: number, minutes: number, operation: string, program: string | null, pid: number | null): LastUse {
  return { time: now - minutes * MINUTE, operation, program, pid };
}

export const limited = (...grants: string[]): Scope => ({ access: "limited", grants });

function tokensOf(now: number): Kept[] {
  return [
    kept("ci-writer", "Release job of acme/site", limited("github:repository=acme/site:contents.write", "github:repository=acme/site:issues.read", "github:repository=acme/site:actions.read", "github:repository=acme/docs:contents.read"), now, { last_used: used(now, 4, "GET /repos/{owner}/{repo}/issues", "node", 4121) }),
    kept("Editor assistant", "Reads issues while I write", limited("github:repository=acme/api:issues.read", "github:repository=acme/api:pulls.read", "github:repository=acme/api:administration.write"), now, { created: now - 9 * DAY, expires: now + 11 * DAY, last_used: used(now, 52, "GET /repos/{owner}/{repo}/pulls", "code", 2288) }),
    kept("laptop shell", "", { access: "full" }, now, { created: now - 210 * DAY, last_used: used(now, 60 * 26, "GET /user", "gh", 90112) }),
    kept("nightly report", "Billing numbers, every night at two", limited("billing:global:read"), now, { created: now - 120 * DAY, expires: now + 2 * DAY, last_used: used(now, 60 * 9, "GET /{path}", "python3", 712) }),
    kept("sandbox tour", "", limited("sandbox:namespace=web:Env.Manage", "sandbox:global:People.View"), now, { created: now - 2 * DAY }),
    kept("old deploy script", "Kept until the new one runs for a month", limited("github:repository=acme/infrastructure:*"), now, { created: now - 400 * DAY, disabled: true, last_used: used(now, 60 * 24 * 131, "POST /repos/{owner}/{repo}/releases", null, null) }),
    kept("conference demo", "", limited("github:repository=octocat/dotfiles:contents.read"), now, { created: now - 60 * DAY, expires: now - 3 * DAY, last_used: used(now, 60 * 24 * 20, "GET /repos/{owner}/{repo}/contents/{path}", "curl", 5510) }),
    kept("contractor", "", { access: "full" }, now, { created: now - 90 * DAY, revoked: now - 12 * DAY, last_used: used(now, 60 * 24 * 12, "GET /orgs/{org}/members", "curl", 3131) }),
  ];
}

/** A record like the gateway's, about a kept token. */
export function record(sequence: number, time: number, token: Kept | undefined, service: string, operation: string, context: string, reason: string): ActivityRow {
  const byService = reason === "refused by the service";
  const permit = reason === "permit" || byService;
  return {
    sequence,
    request_id: sequence.toString(16).padStart(16, "0"),
    time,
    token: token?.id ?? null,
    token_name: token?.name ?? null,
    service,
    method: operation.split(" ")[0] ?? null,
    operation,
    context,
    decision: permit ? "permit" : "refusal",
    reason: permit ? "permit" : reason,
    refused_by: permit ? (byService ? "service" : null) : "gateway",
    ...(byService ? { accepts: "contents=read" } : {}),
    status: byService ? 403 : permit ? 200 : reason.startsWith("insufficient_scope") || reason === "operation_unknown" ? 403 : 401,
    sent: operation.startsWith("GET") ? 0 : 412,
    received: permit ? 18_204 : 240,
    micros: permit ? 148_000 + (sequence % 9) * 21_000 : 310,
    ending: "complete",
    transport: sequence % 4 === 0 ? "unix" : "tcp",
    program: ["node", "code", "python3", "gh"][sequence % 4] ?? null,
    pid: 4100 + (sequence % 7),
  };
}

function activityOf(now: number, tokens: Kept[]): ActivityRow[] {
  const [writer, editor, shell, nightly] = tokens;
  const shapes: [Kept | undefined, string, string, string, string][] = [
    [writer, "github", "GET /repos/{owner}/{repo}/issues", "repository=acme/site", "permit"],
    [writer, "github", "PUT /repos/{owner}/{repo}/contents/{path}", "repository=acme/site", "permit"],
    [editor, "github", "GET /repos/{owner}/{repo}/pulls", "repository=acme/api", "permit"],
    [editor, "github", "POST /repos/{owner}/{repo}/issues", "repository=acme/api", "insufficient_scope"],
    [writer, "github", "GET /repos/{owner}/{repo}/contents/{path}", "repository=acme/site", "refused by the service"],
    [shell, "github", "GET /user", "", "permit"],
    [nightly, "billing", "GET /{path}", "", "permit"],
    [undefined, "github", "GET /repos/{owner}/{repo}/contents/{path}", "repository=acme/site", "invalid_token: revoked"],
    [writer, "github", "GET /repos/{owner}/{repo}/actions/runs", "repository=acme/site", "permit"],
    [writer, "github", "DELETE /repos/{owner}/{repo}/contents/{path}", "repository=acme/site", "insufficient_scope"],
  ];
  return Array.from({ length: 240 }, (_, index) => {
    const [token, service, operation, context, reason] = shapes[(index * 7) % shapes.length] ?? [undefined, "github", "GET /user", "", "permit"];
    return record(240 - index, now - index * index * 1_900 - 4 * MINUTE, token, service, operation, context, reason);
  });
}

/** A world to begin with. Scenes: everyday, first, locked, port, paused, unsaved, many, crowd (with `crowd.ts`). */
export function world(scene: string, now: number): World {
  const first = scene === "first";
  const tokens = first ? [] : tokensOf(now);
  if (scene === "many") {
    for (let index = 0; index < 100_000; index += 1) {
      tokens.push(kept(`job-${String(index).padStart(6, "0")}`, "", limited("github:repository=acme/site:issues.read"), now, { created: now - index * MINUTE, last_used: index % 3 === 0 ? null : used(now, index, "GET /user", "node", index) }));
    }
  }
  const locked = scene === "locked";
  const taken = scene === "port";
  return {
    status: {
      version: "0.1.0",
      profile: "~/.local/share/valetkey",
      owner: { name: "Ada Lovelace", initials: "AL" },
      gateway: {
        state: locked ? "locked" : taken ? "port_taken" : scene === "paused" ? "paused" : "listening",
        address: taken ? null : "127.0.0.1:7743",
        socket: "~/.local/share/valetkey/gateway.sock",
        paused_until: scene === "paused" ? now + 4 * MINUTE : null,
        problem: taken ? "Port 7743 is taken by node (pid 5120)." : null,
        https: { state: "off", certificate: "~/.local/share/valetkey/https-ca.pem", problem: null },
        proxy: { state: "off", certificate: "~/.local/share/valetkey/proxy-ca.pem", problem: null },
      },
      vault: { kind: locked ? "file" : "keychain", locked, problem: locked ? "The vault file is locked; it opens with its passphrase." : null },
      tokens_active: 0,
      services: 0,
      unsaved: scene === "unsaved" ? 2 : 0,
    },
    settings: { port: 7743, ipv6: false, owner_name: null, activity_days: 90, https: false },
    services: first
      ? []
      : [
          serviceRow("github", "github", "GitHub", "https://api.github.com", "octocat"),
          serviceRow("sandbox", "sandbox", "Sandbox", "http://127.0.0.1:46112", "the sandbox's owner"),
          { ...serviceRow("billing", "rest", "Any REST API", "https://billing.example.com/v2", null), credential_form: "header:X-Api-Key", check_problem: "billing.example.com did not answer within 10 s.", checked: now - 3 * DAY },
        ],
    tokens,
    activity: first ? [] : activityOf(now, tokens),
  };
}
