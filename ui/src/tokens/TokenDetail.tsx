import { useCallback } from "react";

import { DecisionDot } from "../activity/ActivityCells";
import { templateOf } from "../activity/filter";
import { Button, IconButton } from "../components/Button";
import { cx } from "../components/cx";
import { Fact, Facts } from "../components/Facts";
import { Menu } from "../components/Menu";
import { DetailPane } from "../components/Screen";
import { useDesk } from "../frame/desk";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import { useLive, useReading } from "../ipc/live";
import { say } from "../messages";
import { AccessBadge } from "./AccessBadge";
import { GrantList } from "./GrantList";
import { words as scopeWords } from "./scopeString/words";
import { lastUse, StatusMark } from "./TokenCells";
import s from "./TokenDetail.module.css";
import { UsedPart } from "./used/UsedPart";
import { useSuggestion } from "./used/useSuggestion";
import { words as usedWords } from "./used/words";
import { useTokenActs } from "./useTokenActs";
import { words } from "./words";

const RECENT = 8;
const USUAL_DAYS = 30;

function Recent({ id, now }: { id: string; now: number }) {
  const { ipc, count } = useLive();
  const desk = useDesk();
  const reading = useReading(useCallback(() => ipc.activity({ token: id, limit: RECENT }), [ipc, id]), `${id} ${count.activity}`);
  if (reading.value === undefined || reading.value.length === 0) {
    return <p className={cx(s.quiet)}>{words.noRecent}</p>;
  }
  return (
    <>
      <ul className={cx(s.recent)}>
        {reading.value.map((row) => (
          <li key={row.sequence} className={cx(s.request)}>
            <DecisionDot row={row} />
            <code className={cx(s.operation)}>
              {row.method ?? ""} {templateOf(row)}
            </code>
            <span className={cx(s.quiet)}>{say.ago(row.time, now)}</span>
          </li>
        ))}
      </ul>
      <Button small look="quiet" onPress={() => desk.showActivity(id)}>
        {words.allActivity}
      </Button>
    </>
  );
}

/** Everything about one token but its secret. */
export function TokenDetail({ row, now }: { row: TokenRow; now: number }) {
  const desk = useDesk();
  const acts = useTokenActs();
  const use = lastUse(row, now);
  const used = useSuggestion(row.id);
  // Where nothing was used at all, that is said once and not at each grant.
  const unused = new Set(used.value !== undefined && used.value.requests > 0 ? used.value.unused : []);
  return (
    <DetailPane label={words.detail(row.name)}>
      <header className={cx(s.head)}>
        <h2 className={cx(s.name)}>{row.name}</h2>
        <IconButton icon="close" label={say.common.close} onPress={() => desk.openToken(undefined)} />
        <div className={cx(s.badges)}>
          <StatusMark row={row} />
          <AccessBadge row={row} />
        </div>
        <div className={cx(s.acts)}>
          {row.status !== "revoked" && (
            <>
              <Button onPress={() => acts.update(row)}>{words.update}</Button>
              <Button look="dangerQuiet" onPress={() => acts.revoke([row])}>
                {words.revoke}
              </Button>
            </>
          )}
          <Menu label={say.common.more(row.name)} entries={acts.entries(row).filter((entry) => entry.name !== words.open && entry.name !== words.revoke)}>
            <IconButton icon="more" label={say.common.more(row.name)} />
          </Menu>
        </div>
      </header>
      <Facts look={s.facts}>
        <Fact name={words.facts.id}>
          <code>{row.shown}…</code>
        </Fact>
        {row.note !== "" && <Fact name={words.facts.note}>{row.note}</Fact>}
        <Fact name={words.facts.used}>
          {use.when}
          {use.how !== "" && <div className={cx(s.quiet)}>{use.how}</div>}
        </Fact>
        <Fact name={words.facts.expires}>{row.expires === null ? words.never : say.dateTime(row.expires)}</Fact>
        <Fact name={words.facts.created}>{say.dateTime(row.created)}</Fact>
        {row.proxy && <Fact name={words.facts.proxy}>{words.mayProxy}</Fact>}
        {row.scope_strings.map((scope) => (
          <Fact key={scope.service} name={scopeWords.shown(scope.service)}>
            <code>{scope.text}</code>
          </Fact>
        ))}
        {row.revoked !== null && <Fact name={words.facts.revoked}>{say.dateTime(row.revoked)}</Fact>}
      </Facts>
      <section className={cx(s.part)}>
        <h3 className={cx(s.partName)}>{words.permissions}</h3>
        {row.access === "full" ? <p className={cx(s.quiet)}>{words.fullMeans}</p> : <GrantList grants={row.grant_rows} unused={unused} />}
      </section>
      <section className={cx(s.part)}>
        <h3 className={cx(s.partName)}>{usedWords.title(used.value?.days ?? USUAL_DAYS)}</h3>
        <UsedPart reading={used} live={row.status !== "revoked"} />
      </section>
      <section className={cx(s.part)}>
        <h3 className={cx(s.partName)}>{words.recent}</h3>
        <Recent id={row.id} now={now} />
      </section>
    </DetailPane>
  );
}
