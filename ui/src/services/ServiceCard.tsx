import { useId, useState } from "react";

import { Button, IconButton } from "../components/Button";
import { copyText } from "../components/copyText";
import { cx } from "../components/cx";
import { Fact, Facts } from "../components/Facts";
import { ErrorText, Mark, Tag } from "../components/State";
import { useTell } from "../components/Toasts";
import type { ServiceRow } from "../ipc/bindings/ServiceRow";
import { useAction, useLive } from "../ipc/live";
import { say } from "../messages";
import { definitionRead } from "./definition/words";
import { Rights } from "./rights/Rights";
import { words as rightsWords } from "./rights/words";
import s from "./Services.module.css";
import { words } from "./words";

const TONES = { ready: "good", locked: "warn", missing: "bad", failed: "bad" } as const;
const NAMED = 6;

/** One service: where it is, who the owner is there, whether its credential works, what depends on it. */
export function ServiceCard({ row, now, onDeclare, onReplace, onRemove }: { row: ServiceRow; now: number; onDeclare: () => void; onReplace: () => void; onRemove: () => void }) {
  const { ipc } = useLive();
  const tell = useTell();
  const action = useAction();
  const heading = useId();
  const [copied, setCopied] = useState(false);
  const check = () =>
    void action.run(async () => {
      const checked = await ipc.checkService(row.name);
      if (checked.check_problem === null) {
        tell(words.checkOk(row.name));
      }
    });
  const copy = async () => {
    const done = await copyText(row.gateway_url);
    setCopied(done);
    tell(done ? say.common.copied : say.common.copyFailed);
  };
  const rest = row.tokens.length - NAMED;
  const elsewhere = row.endpoints.filter((endpoint) => endpoint.base_url !== row.base_url);
  return (
    <li className={cx(s.card)} aria-labelledby={heading}>
      <header className={cx(s.cardHead)}>
        <h2 id={heading} className={cx(s.cardName)}>
          {row.name}
        </h2>
        <Tag>{row.title}</Tag>
      </header>
      <Facts look={s.facts}>
        <Fact name={words.gatewayUrl}>
          <span className={cx(s.url)}>
            <code>{row.gateway_url}</code>
            <IconButton icon={copied ? "check" : "copy"} label={words.copyUrl(row.name)} onPress={copy} />
          </span>
        </Fact>
        <Fact name={words.baseUrl}>
          <code>{row.base_url}</code>
          {elsewhere.map((endpoint) => (
            <p key={endpoint.name} className={cx(s.quiet)}>
              {endpoint.name}: <code>{endpoint.base_url}</code>
            </p>
          ))}
        </Fact>
        <Fact name={words.identity}>{row.identity ?? <span className={cx(s.quiet)}>{words.identityUnknown(row.checked !== null)}</span>}</Fact>
        <Fact name={words.credential}>
          <Mark tone={TONES[row.credential]}>{words.state[row.credential]}</Mark>
          <span className={cx(s.quiet)}> · {words.sentAs(row.credential_form)}</span>
          <p className={cx(s.quiet)}>{words.checked(row.checked, now)}</p>
          {row.credential_expires !== null && <p className={cx(rightsWords.endsSoon(row.credential_expires, now) ? s.problem : s.quiet)}>{rightsWords.ends(row.credential_expires, now)}</p>}
          {row.credential_problem !== null && <p className={cx(s.problem)}>{row.credential_problem}</p>}
          {row.check_problem !== null && <p className={cx(s.problem)}>{row.check_problem}</p>}
        </Fact>
        <Rights row={row} now={now} onDeclare={onDeclare} />
        <Fact name={words.definition}>
          {words.definitionCount(row.permissions, row.operations)}
          {row.definition_read !== null && <p className={cx(s.quiet)}>{definitionRead(row.definition_read)}</p>}
        </Fact>
        <Fact name={words.usedBy}>
          {row.tokens.length === 0 ? (
            <span className={cx(s.quiet)}>{words.usedByNone}</span>
          ) : (
            <span className={cx(s.tags)}>
              {row.tokens.slice(0, NAMED).map((name) => (
                <Tag key={name}>{name}</Tag>
              ))}
              {rest > 0 && <span className={cx(s.quiet)}>{words.usedByMore(rest)}</span>}
            </span>
          )}
        </Fact>
      </Facts>
      <footer className={cx(s.cardFoot)}>
        <Button small icon="refresh" isDisabled={action.busy} onPress={check}>
          {words.check}
        </Button>
        <Button small onPress={onReplace}>
          {words.replace}
        </Button>
        <ErrorText error={action.error} />
        <Button small look="dangerQuiet" onPress={onRemove}>
          {words.remove}
        </Button>
      </footer>
    </li>
  );
}
