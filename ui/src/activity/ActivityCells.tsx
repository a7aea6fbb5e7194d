import { cx } from "../components/cx";
import { Mark } from "../components/State";
import type { RowPlace } from "../components/VirtualList";
import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import { say } from "../messages";
import s from "./Activity.module.css";

/** Permit or refusal, as a word with a dot. */
export function DecisionMark({ row }: { row: ActivityRow }) {
  const permit = row.decision === "permit";
  return <Mark tone={permit ? "good" : "bad"}>{permit ? say.activity.permit : say.activity.refusal}</Mark>;
}

/** The status as a number, or what there is in place of one. */
export function statusText(row: ActivityRow): string {
  return row.status === null ? say.activity.running : row.status === 0 ? say.activity.cut : String(row.status);
}

/** The cells of a record's row. */
export function ActivityCells({ row, place }: { row: ActivityRow; place: RowPlace }) {
  const request = (
    <span className={cx(s.request)}>
      <code className={cx(s.method)}>{row.method ?? "?"}</code>
      <code className={cx(s.path)}>
        {row.service === null ? "" : `${row.service} `}
        {row.operation}
      </code>
    </span>
  );
  return (
    <div className={cx(s.cells, s[place.room])} role="presentation">
      <span role="gridcell" className={cx(s.quiet, s.numbers)}>
        {say.time(row.time)}
      </span>
      <span role="gridcell">
        <DecisionMark row={row} />
      </span>
      {place.room === "narrow" ? (
        <span role="gridcell" className={cx(s.two)}>
          {request}
          <span className={cx(s.cut, s.quiet)}>{row.token_name ?? say.activity.noToken}</span>
        </span>
      ) : (
        <>
          <span role="gridcell" className={cx(s.cut, row.token === null && s.quiet)}>
            {row.token_name ?? row.token ?? say.activity.noToken}
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
          {row.micros === null ? "" : say.activity.micros(row.micros)}
        </span>
      )}
    </div>
  );
}
