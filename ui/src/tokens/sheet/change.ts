import type { Scope } from "../../ipc/bindings/Scope";
import type { TokenChange } from "../../ipc/bindings/TokenChange";
import type { TokenRow } from "../../ipc/bindings/TokenRow";
import { expiryChanged, expiryOf, sameScope, scopeOf, scopeOfDraft, type Draft } from "./draft";
import { words } from "./words";

/** What an update would send; absent is unchanged. A rename never touches the scope. */
export function changeOf(draft: Draft, row: TokenRow, now: number): TokenChange {
  const change: TokenChange = {};
  const scope = scopeOfDraft(draft);
  const expiry = expiryOf(draft, now);
  if (draft.name.trim() !== row.name) {
    change.name = draft.name.trim();
  }
  if (draft.note.trim() !== row.note) {
    change.note = draft.note.trim();
  }
  if (scope !== undefined && !sameScope(scope, scopeOf(row))) {
    change.scope = scope;
  }
  if (expiry !== undefined && expiryChanged(draft, row)) {
    change.expiry = expiry;
  }
  if (draft.proxy !== row.proxy) {
    change.proxy = draft.proxy;
  }
  return change;
}

export interface Difference {
  added: string[];
  removed: string[];
  /** Name, note, end, proxy. */
  other: string[];
}

const grantsOf = (scope: Scope) => (scope.access === "full" ? [] : scope.grants);

/** The same in words, as the footer shows it. */
export function differenceOf(change: TokenChange, row: TokenRow): Difference {
  const difference: Difference = { added: [], removed: [], other: [] };
  const { scope } = change;
  if (scope !== undefined) {
    const before = grantsOf(scopeOf(row));
    const after = grantsOf(scope);
    if (scope.access !== row.access) {
      (scope.access === "full" ? difference.added : difference.removed).push(words.change.full);
    }
    difference.added.push(...after.filter((grant) => !before.includes(grant)));
    difference.removed.push(...before.filter((grant) => !after.includes(grant)));
  }
  if (change.name !== undefined) {
    difference.other.push(words.change.name(change.name));
  }
  if (change.note !== undefined) {
    difference.other.push(words.change.note);
  }
  if (change.expiry !== undefined) {
    difference.other.push(words.change.expiry(change.expiry.expires === "never" ? null : change.expiry.at));
  }
  if (change.proxy !== undefined) {
    difference.other.push(change.proxy ? words.proxyOn : words.proxyOff);
  }
  return difference;
}

/** Whether the holder of the secret could do more after it. */
export function widens(change: TokenChange, row: TokenRow): boolean {
  if (change.scope === undefined || row.access === "full") {
    return false;
  }
  return change.scope.access === "full" || change.scope.grants.some((grant) => !row.grants.includes(grant));
}
