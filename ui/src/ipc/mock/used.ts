import type { Suggestion } from "../bindings/Suggestion";
import type { UseRow } from "../bindings/UseRow";
import { DEFINITIONS } from "./definitions";
import { partsOf } from "./judge";
import type { Kept, World } from "./seed";

const DAY = 24 * 3_600_000;

/** What a token really used, from the stand-in's records: the first permission that allows an operation, where it was used. */
export function suggestionFor(world: World, token: Kept, days: number): Suggestion {
  const since = Date.now() - days * DAY;
  const uses = new Map<string, UseRow>();
  for (const row of world.activity) {
    if (row.token !== token.id || row.decision !== "permit" || row.time < since || row.service === null) {
      continue;
    }
    const key = `${row.service}\n${row.operation}\n${row.context}`;
    const used = uses.get(key) ?? { service: row.service, operation: row.operation, context: row.context, requests: 0, last: row.time };
    uses.set(key, { ...used, requests: used.requests + 1, last: Math.max(used.last, row.time) });
  }
  const grants = new Map<string, Suggestion["grants"][number]>();
  const uncovered: Suggestion["uncovered"] = [];
  const held = token.scope.access === "limited" ? token.scope.grants : [];
  const all = [...uses.values()].sort((a, b) => b.requests - a.requests);
  for (const used of all) {
    const kind = world.services.find((row) => row.name === used.service)?.kind;
    const permission = Object.values(DEFINITIONS[kind ?? ""]?.permissions ?? {}).flat().find((row) => row.operations.includes(used.operation));
    if (permission === undefined) {
      uncovered.push({ ...used, why: "operation_unknown" });
      continue;
    }
    const text = `${used.service}:${used.context === "" ? "global" : used.context}:${permission.name}`;
    const grant = grants.get(text) ?? { text, title: permission.title, held: held.includes(text), uses: [] };
    grants.set(text, { ...grant, uses: [...grant.uses, used] });
  }
  // What another one brings with it in the same context is not suggested besides.
  const implies = (text: string) => Object.values(DEFINITIONS[world.services.find((row) => row.name === partsOf(text).service)?.kind ?? ""]?.permissions ?? {}).flat().find((row) => row.name === partsOf(text).permission)?.implies ?? [];
  for (const [text, narrow] of [...grants]) {
    const by = [...grants].find(([other]) => partsOf(other).service === partsOf(text).service && partsOf(other).context === partsOf(text).context && implies(other).includes(partsOf(text).permission));
    if (by !== undefined) {
      grants.delete(text);
      grants.set(by[0], { ...by[1], uses: [...by[1].uses, ...narrow.uses] });
    }
  }
  // A suggested grant narrows one that is held in its context, or one in the whole service.
  const touches = (wide: string) => [...grants.keys()].some((text) => partsOf(text).service === partsOf(wide).service && ["global", partsOf(text).context].includes(partsOf(wide).context) && partsOf(text).permission.split(".")[0] === partsOf(wide).permission.split(".")[0]);
  const rest = held.filter((text) => !grants.has(text));
  return {
    id: token.id,
    name: token.name,
    days,
    since,
    requests: all.reduce((sum, used) => sum + used.requests, 0),
    grants: [...grants.values()].sort((a, b) => a.text.localeCompare(b.text)),
    uncovered,
    unused: rest.filter((text) => !touches(text)),
    narrowed: rest.filter(touches),
    command: grants.size === 0 ? null : `vk token update ${token.name} --grant ${[...grants.keys()].join(" ")}`,
    reach: [],
    exhaustive: true,
  };
}
