import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import { words } from "./words";

/** Rows whose method, path, reason, program or names hold every word. */
export function matching(rows: readonly ActivityRow[], search: string): readonly ActivityRow[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) {
    return rows;
  }
  return rows.filter((row) => {
    const text = `${row.method ?? ""} ${row.operation} ${row.context} ${row.reason} ${row.program ?? ""} ${row.token_name ?? ""} ${row.token ?? ""} ${row.service ?? ""} ${row.request_id} ${row.status ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The operation's template without the method that stands before it in the record. */
export function templateOf(row: ActivityRow): string {
  return row.operation.replace(/^[A-Z]+ /, "");
}

/** The reason in a sentence, where its code is one that is known. */
export function reasonOf(row: ActivityRow): string {
  if (row.refused_by === "service") {
    return words.byService.because[row.status ?? 0] ?? words.byService.only;
  }
  return words.reasons[/^[a-z_]+/.exec(row.reason)?.[0] ?? ""] ?? row.reason;
}

/** Where the whole path can be told from the record: the template with the values of a context in its places. */
export function pathOf(row: ActivityRow): string | undefined {
  // Behind a space stands what the body said.
  const template = templateOf(row).split(" ")[0] ?? "";
  if (row.service === null || !template.startsWith("/")) {
    return undefined;
  }
  const paths = row.context.split(" ").map((context) => filled(template, context.split(/=(.*)/s)[1] ?? ""));
  const path = paths.find((each) => each !== undefined);
  return path === undefined ? undefined : `/${row.service}${path}`;
}

const PLACE = /\{[^}]*\}/g;

/** `acme/site` fills `{owner}/{repo}`, or a place that is the only one; what would be a guess is not filled. */
function filled(template: string, value: string): string | undefined {
  const places = template.match(PLACE)?.length ?? 0;
  if (places === 0) {
    return template;
  }
  const values = value.split("/");
  const side = /\{[^}]*\}(?:\/\{[^}]*\})*/.exec(template)?.[0].match(PLACE)?.length;
  if (value !== "" && places === values.length && side === places) {
    return template.replace(PLACE, () => values.shift() ?? "");
  }
  return value !== "" && places === 1 ? template.replace(PLACE, encodeURIComponent(value)) : undefined;
}
