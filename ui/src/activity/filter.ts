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

/** Where the whole path can be told from the record: the template with the context's value in its first places. */
export function pathOf(row: ActivityRow): string | undefined {
  const values = row.context.split(/=(.*)/s)[1]?.split("/") ?? [];
  const path = templateOf(row).replace(/\{[^}]*\}/g, () => values.shift() ?? "\u0000");
  return row.service === null || !path.startsWith("/") || path.includes("\u0000") ? undefined : `/${row.service}${path}`;
}
