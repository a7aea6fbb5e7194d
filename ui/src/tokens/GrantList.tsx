import { cx } from "../components/cx";
import { Tag } from "../components/State";
import type { GrantRow } from "../ipc/bindings/GrantRow";
import { say } from "../messages";
import s from "./TokenDetail.module.css";
import { words } from "./used/words";

/** Grants by context, with those marked that give nothing now. */
export function GrantList({ grants, unused }: { grants: readonly GrantRow[]; unused: ReadonlySet<string> }) {
  const contexts = new Map<string, GrantRow[]>();
  for (const grant of grants) {
    const name = say.sheet.contextName(grant.service, grant.context);
    contexts.set(name, [...(contexts.get(name) ?? []), grant]);
  }
  return (
    <ul className={cx(s.contexts)}>
      {[...contexts].map(([name, rows]) => (
        <li key={name} className={cx(s.context)}>
          <h4 className={cx(s.contextName)}>{name}</h4>
          <ul>
            {rows.map((grant) => (
              <li key={grant.text} className={cx(s.grant, !grant.active && s.inactive)}>
                {grant.permission === "*" ? say.tokens.every : <code>{grant.permission}</code>}
                {grant.active && unused.has(grant.text) && <Tag>{words.mark}</Tag>}
                {grant.problem !== null && (
                  <Tag tone="warn" icon="warn">
                    {grant.active ? grant.problem : say.tokens.inactiveBecause(grant.problem)}
                  </Tag>
                )}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
