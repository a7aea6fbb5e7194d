import type { ImportedApi } from "../../ipc/bindings/ImportedApi";
import type { ServiceKind } from "../../ipc/bindings/ServiceKind";

/** A permission as a definition document has it. */
export interface Permission {
  name: string;
  title?: string;
  group?: string;
  description?: string;
  risk?: "destructive" | "mints_credentials";
  contexts?: string[];
}

type Requirement = string | string[] | string[][];

interface Operation {
  method: string;
  path: string;
  query?: Record<string, string>;
  requires: Requirement;
  contexts?: Record<string, string>;
  risk?: string;
}

/** A definition document, as far as it is edited here; its other fields stay as they are. */
export interface Definition {
  kind: string;
  title: string;
  description: string;
  base_url?: string;
  needs_base_url?: boolean;
  credential_form?: string;
  contexts?: { name: string; title?: string }[];
  permissions: Permission[];
  operations: Operation[];
  closed?: { method: string; path: string }[];
}

/** What the owner changed. Permissions and contexts are meant by name. */
export interface Edits {
  titles: Readonly<Record<string, string>>;
  groups: Readonly<Record<string, string>>;
  /** Which permission each merged one became a part of. */
  into: Readonly<Record<string, string>>;
  dropped: readonly string[];
  contextsLeftOut: readonly string[];
}

export const NO_EDITS: Edits = { titles: {}, groups: {}, into: {}, dropped: [], contextsLeftOut: [] };

/** An imported document and what the owner made of it so far. */
export interface Draft {
  imported: ImportedApi;
  definition: Definition;
  edits: Edits;
  /** What it was before each edit, the latest last. */
  before: readonly Edits[];
}

export function draftOf(imported: ImportedApi): Draft {
  return { imported, definition: JSON.parse(imported.definition) as Definition, edits: NO_EDITS, before: [] };
}

export const edited = (draft: Draft, change: Partial<Edits>): Draft => ({ ...draft, edits: { ...draft.edits, ...change }, before: [...draft.before, draft.edits] });

export function undone(draft: Draft): Draft {
  const last = draft.before.at(-1);
  return last === undefined ? draft : { ...draft, edits: last, before: draft.before.slice(0, -1) };
}

/** A permission as it stands after the edits. */
export interface EditedPermission extends Permission {
  title: string;
  group: string;
  dropped: boolean;
  /** Titles of those that were merged into it. */
  parts: string[];
  operations: number;
}

const RISKS = [undefined, "destructive", "mints_credentials"] as const;

/** Every permission that is left or dropped; those merged into another are parts of that. */
export function permissionsOf({ definition, edits }: Draft): EditedPermission[] {
  const counts = new Map<string, number>();
  for (const operation of definition.operations) {
    for (const name of new Set(alternatives(operation.requires).flat().map((each) => edits.into[each] ?? each))) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const parts = (name: string) => definition.permissions.filter((each) => edits.into[each.name] === name);
  return definition.permissions
    .filter((each) => edits.into[each.name] === undefined)
    .map((each) => {
      const all = [each, ...parts(each.name)];
      const risk = RISKS[Math.max(...all.map((one) => RISKS.indexOf(one.risk)))];
      const contexts = [...new Set(all.flatMap((one) => one.contexts ?? ["global"]))].filter((name) => !edits.contextsLeftOut.includes(name));
      const { risk: _, ...rest } = each;
      return {
        ...rest,
        ...(risk === undefined ? {} : { risk }),
        title: edits.titles[each.name] ?? each.title ?? each.name,
        group: edits.groups[each.name] ?? each.group ?? "",
        contexts,
        dropped: edits.dropped.includes(each.name),
        parts: all.slice(1).map((one) => one.title ?? one.name),
        operations: counts.get(each.name) ?? 0,
      };
    });
}

/** Merges permissions into the first of them, and what was merged into them before. */
export function merged(draft: Draft, names: readonly string[]): Draft {
  const [first, ...others] = names;
  if (first === undefined) {
    return draft;
  }
  const moved = Object.entries(draft.edits.into).filter(([, target]) => others.includes(target));
  const into = { ...draft.edits.into, ...Object.fromEntries([...moved.map(([name]) => name), ...others].map((name) => [name, first])) };
  return edited(draft, { into });
}

/** The definition document after the edits: what is sent, and what `vk service add --definition` takes. */
export function documentOf(draft: Draft): string {
  const { definition, edits } = draft;
  const kept = permissionsOf(draft).filter((each) => !each.dropped);
  const names = new Set(kept.map((each) => each.name));
  const contexts = (definition.contexts ?? []).filter((each) => !edits.contextsLeftOut.includes(each.name));
  // What needs a permission that is gone must stay unknown although the path of another operation fits it.
  const place = (operation: { method: string; path: string }) => `${operation.method} ${operation.path}`;
  const gone = new Set(definition.operations.filter((each) => requirement(each.requires, edits, names).length === 0).map(place));
  const operations = definition.operations
    .filter((each) => !gone.has(place(each)))
    .map((each) => {
      const { contexts: bound, ...rest } = each;
      const left = Object.entries(bound ?? {}).filter(([name]) => !edits.contextsLeftOut.includes(name));
      return { ...rest, requires: shortest(requirement(each.requires, edits, names)), ...(left.length === 0 ? {} : { contexts: Object.fromEntries(left) }) };
    });
  const closed = [...(definition.closed ?? []), ...[...gone].map((each) => ({ method: each.slice(0, each.indexOf(" ")), path: each.slice(each.indexOf(" ") + 1) }))];
  const permissions = kept.map(({ dropped: _, parts: __, operations: ___, title, group, ...rest }) => ({ ...rest, title: title.trim(), ...(group.trim() === "" ? {} : { group: group.trim() }) }));
  const { contexts: _, closed: __, ...rest } = definition;
  return written({ ...rest, ...(contexts.length === 0 ? {} : { contexts }), permissions, operations, ...(closed.length === 0 ? {} : { closed }) });
}

const alternatives = (requires: Requirement): string[][] =>
  typeof requires === "string" ? [[requires]] : requires.some((each) => typeof each !== "string") ? (requires as string[][]) : [requires as string[]];

/** Any of (all of these), without the alternatives that need what is gone. */
function requirement(requires: Requirement, edits: Edits, names: ReadonlySet<string>): string[][] {
  const renamed = alternatives(requires).map((all) => [...new Set(all.map((name) => edits.into[name] ?? name))]);
  const left = renamed.filter((all) => all.every((name) => names.has(name)));
  return left.filter((all, index) => left.findIndex((other) => other.length === all.length && other.every((name) => all.includes(name))) === index);
}

function shortest(ways: string[][]): Requirement {
  const [all] = ways;
  return ways.length > 1 || all === undefined ? ways : all.length > 1 ? all : (all[0] ?? []);
}

/** One entry of a list a line, as the program writes it. */
function written(document: object): string {
  const value = (each: unknown) => (Array.isArray(each) && each.some((item) => typeof item === "object") ? `[\n${each.map((item) => JSON.stringify(item)).join(",\n")}\n]` : JSON.stringify(each));
  return `{\n${Object.entries(document).map(([name, each]) => `${JSON.stringify(name)}: ${value(each)}`).join(",\n")}\n}\n`;
}

/** Why it can't be used as it is now. */
export function draftProblem(draft: Draft): "title" | "group" | "nothing" | undefined {
  const kept = permissionsOf(draft).filter((each) => !each.dropped);
  return kept.length === 0 ? "nothing" : kept.some((each) => each.title.trim() === "") ? "title" : kept.some((each) => each.group.trim() === "" && each.group !== "") ? "group" : undefined;
}

/** What the connect form has to know of it. */
export function kindOf({ definition }: Draft): ServiceKind {
  const base = definition.base_url ?? null;
  return {
    kind: definition.kind,
    title: definition.title,
    description: definition.description,
    base_url: base,
    needs_base_url: definition.needs_base_url ?? base === null,
    needs_credential: true,
    credential_form: definition.credential_form ?? "bearer",
  };
}
