import { useCallback } from "react";

import { Button, IconButton } from "../components/Button";
import { cx } from "../components/cx";
import { Fact, Facts } from "../components/Facts";
import { DetailPane } from "../components/Screen";
import { useDesk } from "../frame/desk";
import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import { useLive, useReading } from "../ipc/live";
import { say } from "../messages";
import { Verdict } from "../tokens/try/Verdict";
import { useTokenActs } from "../tokens/useTokenActs";
import s from "./Activity.module.css";
import { DecisionMark, statusText } from "./ActivityCells";
import { pathOf, reasonOf, templateOf } from "./filter";
import { words } from "./words";

/** The same request decided again, which names the grants. */
function Again({ token, method, url }: { token: TokenRow; method: string; url: string }) {
  const { ipc, count } = useLive();
  const desk = useDesk();
  const reading = useReading(
    useCallback(() => ipc.explain({ token: token.id, method, url }), [ipc, token.id, method, url]),
    `${token.id} ${method} ${url} ${count.tokens}`,
  );
  if (reading.value === undefined) {
    return <p className={cx(s.quiet)}>{reading.error?.message ?? say.common.loading}</p>;
  }
  return <Verdict answer={reading.value} onAdd={(add) => desk.openSheet({ of: "update", id: token.id, add })} />;
}

/** One record, and its decision explained. */
export function ActivityDetail({ row, onClose }: { row: ActivityRow; onClose: () => void }) {
  const { tokens } = useLive();
  const acts = useTokenActs();
  const token = tokens.value?.find((each) => each.id === row.token);
  const live = token !== undefined && token.status !== "revoked" ? token : undefined;
  const path = pathOf(row);
  return (
    <DetailPane label={words.detail}>
      <header className={cx(s.detailHead)}>
        <h2 className={cx(s.detailName)}>
          {row.method ?? ""} {templateOf(row)}
        </h2>
        <IconButton icon="close" label={say.common.close} onPress={onClose} />
      </header>
      <div className={cx(s.reason)}>
        <DecisionMark row={row} />
        <p>{reasonOf(row)}</p>
        {row.accepts !== undefined && <p>{words.byService.accepts(row.service ?? "", row.accepts)}</p>}
        {row.refused_by === "service" ? <p className={cx(s.quiet)}>{words.byService.next}</p> : <code className={cx(s.quiet)}>{row.reason}</code>}
      </div>
      <Facts look={s.facts}>
        <Fact name={words.facts.token}>{row.token === null ? words.noToken : `${row.token_name ?? ""} (vkey_${row.token}…)`}</Fact>
        <Fact name={words.facts.time}>
          {say.dateTime(row.time)} <span className={cx(s.quiet)}>({say.time(row.time)})</span>
        </Fact>
        <Fact name={words.facts.service}>{row.service ?? "–"}</Fact>
        {row.context !== "" && <Fact name={words.facts.context}>{row.context}</Fact>}
        <Fact name={words.facts.status}>{statusText(row)}</Fact>
        <Fact name={words.facts.took}>{row.micros === null ? words.running : words.micros(row.micros)}</Fact>
        <Fact name={words.facts.bytes}>{words.bytes(row.sent, row.received)}</Fact>
        <Fact name={words.facts.caller}>
          {row.program === null ? "" : `${row.program}${row.pid === null ? "" : ` (pid ${row.pid})`} · `}
          {row.transport}
        </Fact>
        {row.ending !== null && <Fact name={words.facts.ending}>{row.ending}</Fact>}
        <Fact name={words.facts.id}>
          <code>{row.request_id}</code>
        </Fact>
      </Facts>
      {live !== undefined && (
        <section className={cx(s.part)}>
          <h3 className={cx(s.partName)}>{words.now}</h3>
          {path === undefined || row.method === null ? <p className={cx(s.quiet)}>{words.nowUnknown}</p> : <Again token={live} method={row.method} url={path} />}
          <div className={cx(s.acts)}>
            <Button small onPress={() => acts.update(live)}>
              {words.updateToken}
            </Button>
            <Button small look="dangerQuiet" onPress={() => acts.revoke([live])}>
              {words.revokeToken}
            </Button>
          </div>
        </section>
      )}
    </DetailPane>
  );
}
