import type { PermissionList } from "../../ipc/bindings/PermissionList";
import { keyOf, type Block, type Draft } from "./draft";
import { words } from "./words";

/** Permissions that come with picked ones, each with the title of the one that brings it. */
export function impliedBy(list: PermissionList, picked: ReadonlySet<string>): Map<string, string> {
  const rows = new Map(list.permissions.map((row) => [row.name, row]));
  const implied = new Map<string, string>();
  const visit = (name: string, by: string) => {
    for (const next of rows.get(name)?.implies ?? []) {
      if (next !== by && !implied.has(next)) {
        implied.set(next, rows.get(by)?.title ?? by);
        visit(next, by);
      }
    }
  };
  picked.forEach((name) => visit(name, name));
  return implied;
}

/** Everything that a block gives: picked, implied, and all that `*` means now. */
export function heldIn(block: Block, list: PermissionList): Set<string> {
  const held = new Set([...block.picked, ...impliedBy(list, block.picked).keys()]);
  if (block.every) {
    list.permissions.filter((row) => row.assignable && row.risk !== "mints_credentials").forEach((row) => held.add(row.name));
  }
  return held;
}

const NAMED = 4;

function whereOf(block: Block): string {
  const value = block.context.split(/=(.*)/s)[1];
  return block.context === "global" ? words.whereGlobal(block.service) : words.where1(block.service, value ?? block.context);
}

const lowered = (title: string) => title.charAt(0).toLowerCase() + title.slice(1);

/** What the form would give, in one or two sentences, with the number of operations where it is known. */
export function summaryOf(draft: Draft, lists: ReadonlyMap<string, PermissionList>): string {
  const name = draft.name.trim() === "" ? words.unnamed : draft.name.trim();
  if (draft.access === "full") {
    return words.summaryFull(name);
  }
  const clauses: string[] = [];
  const operations = new Set<string>();
  const totals = new Map<string, number>();
  let deletes = false;
  let mints = false;
  for (const block of draft.blocks) {
    const list = lists.get(keyOf(block));
    const held = list === undefined ? new Set(block.picked) : heldIn(block, list);
    const rows = list?.permissions.filter((row) => held.has(row.name)) ?? [];
    rows.flatMap((row) => row.operations).forEach((operation) => operations.add(`${block.service} ${operation}`));
    deletes ||= rows.some((row) => row.risk === "destructive");
    mints ||= rows.some((row) => row.risk === "mints_credentials");
    if (list !== undefined) {
      totals.set(block.service, list.operations);
    }
    if (block.every) {
      clauses.push(words.clauseEvery(whereOf(block)));
    } else if (block.picked.size > 0) {
      const titles = [...block.picked].map((picked) => lowered(list?.permissions.find((row) => row.name === picked)?.title ?? picked));
      const shown = titles.length > NAMED + 1 ? [...titles.slice(0, NAMED), words.clauseMore(titles.length - NAMED)] : titles;
      clauses.push(words.clause(shown, whereOf(block)));
    }
  }
  if (clauses.length === 0) {
    return words.summaryNone(name);
  }
  const total = [...totals.values()].reduce((sum, each) => sum + each, 0);
  const cannot = deletes && mints ? "" : deletes ? words.cannot.deletes : mints ? words.cannot.mints : words.cannot.both;
  return [words.summaryCan(name, clauses), cannot, total > 0 ? words.operations(operations.size, total) : ""].filter((part) => part !== "").join(" ");
}
