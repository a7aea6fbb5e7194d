/** Formats and the words that every part of the window uses. What one part says is in the `words.ts` of its folder.
 *  Sentence case; it says what happens, names the thing, offers the next step. */

const numbers = new Intl.NumberFormat("en");
const lists = new Intl.ListFormat("en-GB", { type: "conjunction" });
const longDate = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const briefDate = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const number = (n: number) => numbers.format(n);
export const count = (n: number, one: string, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
export const list = (words: readonly string[]) => lists.format(words);

/** `31 January 2027` */
export const date = (time: number) => longDate.format(time);
/** `31 Jan 2027` */
export const shortDate = (time: number) => briefDate.format(time);
/** `09:41` */
export const clock = (time: number) => minutes.format(time);

/** How long ago, coarse enough to stay true for a while. */
export function ago(time: number, now: number): string {
  const past = now - time;
  if (past < 45 * SECOND) return "just now";
  if (past < HOUR) return `${Math.max(1, Math.round(past / MINUTE))} min ago`;
  if (past < DAY) return `${Math.round(past / HOUR)} h ago`;
  if (past < 60 * DAY) return `${count(Math.round(past / DAY), "day")} ago`;
  return shortDate(time);
}

export function ahead(time: number, now: number): string {
  const left = time - now;
  if (left < HOUR) return `in ${Math.max(1, Math.round(left / MINUTE))} min`;
  if (left < DAY) return `in ${Math.round(left / HOUR)} h`;
  if (left < 60 * DAY) return `in ${count(Math.ceil(left / DAY), "day")}`;
  return shortDate(time);
}

export const say = {
  app: "Valet Key",
  count,
  list,
  ago,
  number,
  date: shortDate,
  dateTime: (time: number) => `${date(time)}, ${clock(time)}`,
  time: (time: number) => seconds.format(time),

  common: {
    cancel: "Cancel",
    close: "Close",
    copied: "Copied",
    optional: "optional",
    loading: "Loading",
    retry: "Try again",
    more: (name: string) => `More for ${name}`,
    failed: "This could not be read",
    nothingFound: "Nothing matches",
    clearFilters: "Clear filters",
    copyFailed: "The clipboard did not take it. Select the text and copy it by hand.",
  },
};
