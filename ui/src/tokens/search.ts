import type { TokenRow } from "../ipc/bindings/TokenRow";

export type TokenFilter = "active" | "expiring" | "unused" | "full" | "disabled" | "revoked";
export type TokenSort = "used" | "name" | "created" | "expires";

const DAY = 24 * 60 * 60_000;
const EXPIRING = 14 * DAY;
const UNUSED = 90 * DAY;

/** What is searched in a row, made once: rows are replaced and never changed. */
const haystacks = new WeakMap<TokenRow, string>();

function haystack(row: TokenRow): string {
  const known = haystacks.get(row);
  if (known !== undefined) {
    return known;
  }
  const grants = row.access === "limited" ? row.grants.join("\n") : "full access";
  const made = `${row.name}\n${row.note}\n${row.shown}\n${grants}`.toLowerCase();
  haystacks.set(row, made);
  return made;
}

function unusedFor(row: TokenRow, millis: number, now: number): boolean {
  return now - (row.last_used?.time ?? row.created) >= millis;
}

type Test = (row: TokenRow, now: number) => boolean;

function testOf(word: string): Test {
  const [key = "", value = ""] = word.split(/:(.*)/s);
  if (key === "can" && value !== "") {
    return (row) => row.access === "full" || row.grants.some((grant) => grant.toLowerCase().includes(value) || grant.endsWith(":*"));
  }
  if (key === "service" && value !== "") {
    return (row) => row.access === "full" || row.grants.some((grant) => grant.startsWith(`${value}:`));
  }
  const days = key === "unused" ? /^(\d{1,5})d?$/.exec(value)?.[1] : undefined;
  if (days !== undefined) {
    return (row, now) => unusedFor(row, Number(days) * DAY, now);
  }
  return (row) => haystack(row).includes(word);
}

const CHIPS: Record<TokenFilter, Test> = {
  active: (row) => row.status === "active",
  expiring: (row, now) => row.status === "active" && row.expires !== null && row.expires - now <= EXPIRING,
  unused: (row, now) => row.status !== "revoked" && unusedFor(row, UNUSED, now),
  full: (row) => row.status !== "revoked" && row.access === "full",
  disabled: (row) => row.status === "disabled",
  revoked: (row) => row.status === "revoked",
};

const live: Test = (row) => row.status !== "revoked";

/** The rows that a search and a chip leave, in their order. A revoked token shows only under its chip. */
export function findTokens(rows: readonly TokenRow[], search: string, chip: TokenFilter | undefined, now: number): TokenRow[] {
  const tests = search.toLowerCase().split(/\s+/).filter((word) => word !== "").map(testOf);
  const chosen = chip === undefined ? live : CHIPS[chip];
  return rows.filter((row) => chosen(row, now) && tests.every((test) => test(row, now)));
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const ORDERS: Record<TokenSort, (a: TokenRow, b: TokenRow) => number> = {
  used: (a, b) => (b.last_used?.time ?? 0) - (a.last_used?.time ?? 0) || b.created - a.created,
  name: (a, b) => collator.compare(a.name, b.name),
  created: (a, b) => b.created - a.created,
  expires: (a, b) => (a.expires ?? Infinity) - (b.expires ?? Infinity) || 0,
};

/** A sorted copy. */
export function sortTokens(rows: readonly TokenRow[], sort: TokenSort): TokenRow[] {
  return [...rows].sort((a, b) => {
    const order = ORDERS[sort](a, b);
    return Number.isNaN(order) ? 0 : order;
  });
}

/** How urgent an end is: 3 days, 14 days. */
export function urgency(expires: number | null, now: number): "bad" | "warn" | undefined {
  if (expires === null) {
    return undefined;
  }
  const left = expires - now;
  return left <= 3 * DAY ? "bad" : left <= EXPIRING ? "warn" : undefined;
}
