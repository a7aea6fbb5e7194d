import type { Explanation } from "../bindings/Explanation";
import type { GrantRow } from "../bindings/GrantRow";
import type { PermissionList } from "../bindings/PermissionList";
import type { Scope } from "../bindings/Scope";
import { DEFINITIONS } from "./definitions";
import type { World } from "./seed";

/** `<service>:<context>:<permission>` in its parts. */
export function partsOf(grant: string): { service: string; context: string; permission: string } {
  const first = grant.indexOf(":");
  const last = grant.lastIndexOf(":");
  return { service: grant.slice(0, first), context: grant.slice(first + 1, last), permission: grant.slice(last + 1) };
}

/** What can be granted in a context; undefined where the service or the kind of context is unknown. */
export function permissionList(world: World, service: string, context: string): PermissionList | undefined {
  const kind = world.services.find((row) => row.name === service)?.kind;
  const definition = kind === undefined ? undefined : DEFINITIONS[kind];
  const permissions = definition?.permissions[context.split("=")[0] ?? ""];
  return definition && permissions && { service, context, kinds: definition.kinds, permissions, operations: definition.operations };
}

/** A grant with whether it gives anything now. */
export function grantRow(world: World, text: string): GrantRow {
  const parts = partsOf(text);
  const list = permissionList(world, parts.service, parts.context);
  const active = parts.permission === "*" ? list !== undefined : (list?.permissions.some((row) => row.name === parts.permission && row.assignable) ?? false);
  return { text, ...parts, active, problem: active ? null : `You don't have this permission in ${parts.service} any more` };
}

function matches(template: string, method: string, path: string): Record<string, string> | undefined {
  const [wanted, shape = ""] = template.split(" ");
  const names = [...shape.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const pattern = new RegExp(`^${shape.replace(/\{path\}/g, "(.+)").replace(/\{\w+\}/g, "([^/]+)")}$`);
  const found = wanted === method ? pattern.exec(path) : null;
  return found === null ? undefined : Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ""]));
}

/** What the gateway would decide. */
export function judge(world: World, scope: Scope, method: string, url: string): Explanation {
  const path = url.replace(/^https?:\/\/[^/]+/, "");
  const service = world.services.find((row) => path === `/${row.name}` || path.startsWith(`/${row.name}/`));
  if (service === undefined) {
    return { decision: "refusal", reason: "No service of that name is connected." };
  }
  const rest = path.slice(service.name.length + 1).split("?")[0] ?? "";
  const rows = DEFINITIONS[service.kind]?.permissions["global"] ?? [];
  for (const row of rows) {
    for (const operation of row.operations) {
      const found = matches(operation, method, rest);
      if (found === undefined) {
        continue;
      }
      if (scope.access === "full") {
        return { decision: "permit", operation, risk: row.risk, grants: [], reason: "Full access allows everything that you can do." };
      }
      const context = found["owner"] !== undefined ? `repository=${found["owner"]}/${found["repo"] ?? ""}` : found["namespace"] !== undefined ? `namespace=${found["namespace"]}` : "global";
      const allowing = scope.grants.filter((text) => {
        const grant = partsOf(text);
        const implied = rows.find((other) => other.name === grant.permission)?.implies ?? [];
        return grant.service === service.name && [context, "global"].includes(grant.context) && (grant.permission === "*" || grant.permission === row.name || implied.includes(row.name)) && grantRow(world, text).active;
      });
      const text = `${service.name}:${context}:${row.name}`;
      const held = allowing.length > 0;
      const because = { operation, risk: row.risk, contexts: context === "global" ? [] : [context], needed: [[{ name: row.name, title: row.title, risk: row.risk, grant: text, held, owner: row.assignable }]] };
      return held
        ? { decision: "permit", ...because, grants: allowing, reason: "A grant allows it." }
        : { decision: "refusal", ...because, missing: [[`${service.name}:${context}:${row.name}`]], reason: `It lacks ${row.name} in ${context}.` };
    }
  }
  return scope.access === "full"
    ? { decision: "permit", grants: [], reason: "The definition does not know this operation; full access allows it." }
    : { decision: "refusal", unknown: { why: "path", known: rows.flatMap((row) => row.operations).slice(0, 2) }, reason: "The definition does not know this operation, so a limited token can't do it." };
}
