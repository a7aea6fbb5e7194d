import { Button, IconButton } from "../components/Button";
import { Checkbox } from "../components/Check";
import { cx } from "../components/cx";
import { Menu } from "../components/Menu";
import { Mark } from "../components/State";
import type { RowPlace } from "../components/VirtualList";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import { say } from "../messages";
import { AccessBadge } from "./AccessBadge";
import { urgency } from "./search";
import s from "./TokenCells.module.css";
import type { useTokenActs } from "./useTokenActs";
import { words } from "./words";

const TONES = { active: "good", disabled: "idle", expired: "bad", revoked: "idle" } as const;

/** A token's status as a word with a dot. */
export function StatusMark({ row }: { row: TokenRow }) {
  return <Mark tone={TONES[row.status]}>{words.status[row.status]}</Mark>;
}

/** When a token was last used, by what, from where. */
export function lastUse(row: TokenRow, now: number): { when: string; how: string } {
  if (row.last_used === null) {
    return { when: words.never, how: "" };
  }
  const { time, operation, program, pid } = row.last_used;
  return { when: say.ago(time, now), how: program === null ? operation : `${operation} · ${words.from(program, pid)}` };
}

interface Props {
  row: TokenRow;
  place: RowPlace;
  now: number;
  selected: boolean;
  onSelect: () => void;
  acts: ReturnType<typeof useTokenActs>;
}

/** The cells of a token's row. */
export function TokenCells({ row, place, now, selected, onSelect, acts }: Props) {
  const use = lastUse(row, now);
  // Without a column of its own, "Never" has to say what never happened.
  const used = row.last_used === null ? words.neverUsed : use.when;
  const gone = row.status === "revoked";
  const end = gone && row.revoked !== null ? `${words.status.revoked} ${say.ago(row.revoked, now)}` : row.expires === null ? words.neverExpires : words.expires(row.expires, now);
  const tone = gone ? undefined : urgency(row.expires, now);
  const expiry = <span className={cx(tone !== undefined && s[tone])}>{end}</span>;
  return (
    <div className={cx(s.cells, s[place.room])} role="presentation">
      <div role="gridcell" className={cx(s.tick)}>
        {!gone && <Checkbox checked={selected} onChange={onSelect} label={words.select(row.name)} inTabOrder={place.current} />}
      </div>
      <div role="gridcell" className={cx(s.who)}>
        <div className={cx(s.first)}>
          <span className={cx(s.name)}>{row.name}</span>
          <AccessBadge row={row} />
        </div>
        <div className={cx(s.second)}>
          <code className={cx(s.id)}>{row.shown}…</code>
          {row.note !== "" && <span className={cx(s.note)}>{row.note}</span>}
        </div>
        {place.room === "narrow" && (
          <div className={cx(s.second)}>
            <StatusMark row={row} />
            <span className={cx(s.note)}>
              {used} · {expiry}
            </span>
          </div>
        )}
      </div>
      {place.room !== "narrow" && (
        <>
          {place.room === "wide" && (
            <div role="gridcell" className={cx(s.use)}>
              <div>{use.when}</div>
              <div className={cx(s.how)}>{use.how}</div>
            </div>
          )}
          <div role="gridcell" className={cx(s.state)}>
            <StatusMark row={row} />
            <div className={cx(s.how)}>{place.room === "wide" ? expiry : used}</div>
          </div>
        </>
      )}
      <div role="gridcell" className={cx(s.acts)}>
        {!gone && (
          <Button small aria-label={words.updateNamed(row.name)} excludeFromTabOrder={!place.current} onPress={() => acts.update(row)}>
            {words.update}
          </Button>
        )}
        <Menu label={say.common.more(row.name)} entries={acts.entries(row)}>
          <IconButton icon="more" label={say.common.more(row.name)} excludeFromTabOrder={!place.current} />
        </Menu>
      </div>
    </div>
  );
}
