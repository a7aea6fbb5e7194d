import type { Expiry } from "../../ipc/bindings/Expiry";
import type { Scope } from "../../ipc/bindings/Scope";
import type { TokenRow } from "../../ipc/bindings/TokenRow";
import { scopeOf } from "../useTokenActs";
import { words } from "./words";

export type ExpiryChoice = "never" | "d7" | "d30" | "d90" | "d365" | "date";

/** One context of one service with what is picked there. */
export interface Block {
  service: string;
  context: string;
  picked: ReadonlySet<string>;
  /** `*`: every permission that the owner has there. */
  every: boolean;
}

/** The form as filled in. */
export interface Draft {
  name: string;
  note: string;
  access: "full" | "limited" | undefined;
  blocks: readonly Block[];
  expiry: ExpiryChoice;
  date: string;
  /** May use the HTTPS proxy. */
  proxy: boolean;
}

export const keyOf = (block: { service: string; context: string }) => `${block.service}:${block.context}`;

function partsOf(grant: string): { service: string; context: string; permission: string } {
  const first = grant.indexOf(":");
  const last = grant.lastIndexOf(":");
  return { service: grant.slice(0, first), context: grant.slice(first + 1, last), permission: grant.slice(last + 1) };
}

/** Grants, gathered by context in the order in which contexts first come. */
export function blocksOf(grants: readonly string[]): Block[] {
  const blocks = new Map<string, Block>();
  for (const grant of grants) {
    const { service, context, permission } = partsOf(grant);
    const key = keyOf({ service, context });
    const block = blocks.get(key) ?? { service, context, picked: new Set<string>(), every: false };
    blocks.set(key, permission === "*" ? { ...block, every: true } : { ...block, picked: new Set([...block.picked, permission]) });
  }
  return [...blocks.values()];
}

/** The grants of the blocks as text. */
export function grantsOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => [...(block.every ? ["*"] : []), ...block.picked].map((permission) => `${keyOf(block)}:${permission}`));
}

const pad = (n: number, length: number) => String(n).padStart(length, "0");
const dateText = (date: Date) => `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;

/** A form for a new token, maybe with a scope to begin from; nothing is preselected otherwise. */
export function newDraft(scope: Scope | undefined): Draft {
  return { name: "", note: "", access: scope?.access, blocks: scope?.access === "limited" ? blocksOf(scope.grants) : [], expiry: "never", date: "", proxy: false };
}

/** A form for a token as it is, maybe with grants to add, or to take in place of what it has. */
export function draftOf(row: TokenRow, add: readonly string[] = [], take?: readonly string[]): Draft {
  const grants = take ?? (row.access === "limited" ? [...new Set([...row.grants, ...add])] : []);
  return { name: row.name, note: row.note, access: take === undefined ? row.access : "limited", blocks: blocksOf(grants), expiry: row.expires === null ? "never" : "date", date: row.expires === null ? "" : dateText(new Date(row.expires)), proxy: row.proxy };
}

/** The last minute of a day that lies so many days ahead. */
function endOfDay(day: Date, ahead: number): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + ahead, 23, 59).getTime();
}

/** When a token made from this form ends; undefined where the date is none, or past. */
export function expiryOf(draft: Draft, now: number): Expiry | undefined {
  if (draft.expiry === "never") {
    return { expires: "never" };
  }
  if (draft.expiry !== "date") {
    return { expires: "at", at: endOfDay(new Date(now), { d7: 7, d30: 30, d90: 90, d365: 365 }[draft.expiry]) };
  }
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(draft.date.trim()) ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  const real = date.getMonth() === Number(month) - 1 && date.getDate() === Number(day);
  const at = endOfDay(date, 0);
  return real && at > now ? { expires: "at", at } : undefined;
}

/** The scope that the form asks for; undefined where it asks for none yet. */
export function scopeOfDraft(draft: Pick<Draft, "access" | "blocks">): Scope | undefined {
  if (draft.access !== "limited") {
    return draft.access === undefined ? undefined : { access: "full" };
  }
  const grants = grantsOf(draft.blocks);
  return grants.length === 0 ? undefined : { access: "limited", grants };
}

const DECEIVING = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** What is wrong with a name, if anything. The program judges again. */
export function nameProblem(name: string, rows: readonly TokenRow[], self: string | undefined): string | undefined {
  const trimmed = name.trim();
  if (trimmed === "") {
    return words.why.name;
  }
  if ([...trimmed].length > 64) {
    return words.why.nameLong;
  }
  if (DECEIVING.test(trimmed)) {
    return words.why.nameChars;
  }
  const folded = trimmed.toLowerCase();
  return rows.some((row) => row.id !== self && row.status !== "revoked" && row.name.toLowerCase() === folded) ? words.why.nameTaken(trimmed) : undefined;
}

/** Why the form can't be sent yet, the first reason only. */
export function problemOf(draft: Draft, rows: readonly TokenRow[], self: TokenRow | undefined, now: number): string | undefined {
  const name = nameProblem(draft.name, rows, self?.id);
  if (name !== undefined) {
    return name;
  }
  if ([...draft.note.trim()].length > 500) {
    return words.why.noteLong;
  }
  if (draft.access === undefined) {
    return words.why.scope;
  }
  if (scopeOfDraft(draft) === undefined) {
    return draft.blocks.length === 0 ? words.why.grants : words.why.permissions;
  }
  const kept = self !== undefined && !expiryChanged(draft, self);
  return !kept && expiryOf(draft, now) === undefined ? words.why.date : undefined;
}

/** Whether the form's end is another than the token's. */
export function expiryChanged(draft: Draft, self: TokenRow): boolean {
  const before = draftOf(self);
  return draft.expiry !== before.expiry || (draft.expiry === "date" && draft.date.trim() !== before.date);
}

/** Whether two scopes give the same. */
export function sameScope(a: Scope, b: Scope): boolean {
  if (a.access === "full" || b.access === "full") {
    return a.access === b.access;
  }
  const held = new Set(a.grants);
  return a.grants.length === b.grants.length && b.grants.every((grant) => held.has(grant));
}

export { scopeOf };
