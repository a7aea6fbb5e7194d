import { cx } from "../components/cx";
import { Mark } from "../components/State";
import type { RowPlace } from "../components/VirtualList";
import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import { say } from "../messages";
import s from "./Activity.module.css";
import { templateOf } from "./filter";
import { words } from "./words";

function decisionOf(row: ActivityRow) {
  if (row.refused_by === "service") {
    return { tone: "warn", word: words.byService.mark, short: words.byService.short } as const;
  }
  return row.decision === "permit" ? ({ tone: "good", word: words.permit, short: undefined } as const) : ({ tone: "bad", word: words.refusal, short: undefined } as const);
}

/** Permit or refusal, and by whom, as a word with a dot. */
export function DecisionMark({ row }: { row: ActivityRow }) {
  const { tone, word } = decisionOf(row);
  return <Mark tone={tone}>{word}</Mark>;
}

function DecisionShort({ row }: { row: ActivityRow }) {
  const { tone, word, short } = decisionOf(row);
  return (
    <Mark tone={tone}>
      {short === undefined ? (
        word
      ) : (
        <>
          <span aria-hidden="true">{short}</span>
          <span className="visually-hidden">{word}</span>
        </>
      )}
    </Mark>
  );
}

/** The same as a dot alone; the word is there for who hears it. */
export function DecisionDot({ row }: { row: ActivityRow }) {
  const { tone, word } = decisionOf(row);
  return (
    <Mark tone={tone}>
      <span className="visually-hidden">{word}</span>
    </Mark>
  );
}

/** The status as a number, or what there is in place of one. */
export function statusText(row: ActivityRow): string {
  return row.status === null ? words.running : row.status === 0 ? words.cut : String(row.status);
}

/** The cells of a record's row. */
export function ActivityCells({ row, place }: { row: ActivityRow; place: RowPlace }) {
  const request = (
    <span className={cx(s.request)}>
      <code className={cx(s.method)}>{row.method ?? "?"}</code>
      <code className={cx(s.path)}>
        {row.service === null ? "" : `${row.service} `}
        {templateOf(row)}
      </code>
    </span>
  );
  return (
    <div className={cx(s.cells, s[place.room])} role="presentation">
      <span role="gridcell" className={cx(s.quiet, s.numbers)}>
        {say.time(row.time)}
      </span>
      <span role="gridcell">
        <DecisionShort row={row} />
      </span>
      {place.room === "narrow" ? (
        <span role="gridcell" className={cx(s.two)}>
          {request}
          <span className={cx(s.cut, s.quiet)}>{row.token_name ?? words.noToken}</span>
        </span>
      ) : (
        <>
          <span role="gridcell" className={cx(s.cut, row.token === null && s.quiet)}>
            {row.token_name ?? row.token ?? words.noToken}
          </span>
          <span role="gridcell" className={cx(s.cut)}>
            {request}
          </span>
        </>
      )}
      <span role="gridcell" className={cx(s.numbers)}>
        {statusText(row)}
      </span>
      {place.room === "wide" && (
        <span role="gridcell" className={cx(s.numbers, s.quiet, s.end)}>
          {row.micros === null ? "" : words.micros(row.micros)}
        </span>
      )}
    </div>
  );
}
