import { cx } from "../components/cx";
import { Tag } from "../components/State";
import type { GrantRow } from "../ipc/bindings/GrantRow";
import { words as sheetWords } from "./sheet/words";
import s from "./Grants.module.css";
import { words as usedWords } from "./used/words";
import { words } from "./words";

/** Grants by context, with those marked that give nothing now. */
export function GrantList({ grants, unused }: { grants: readonly GrantRow[]; unused: ReadonlySet<string> }) {
  const contexts = new Map<string, GrantRow[]>();
  for (const grant of grants) {
    const name = sheetWords.contextName(grant.service, grant.context);
    contexts.set(name, [...(contexts.get(name) ?? []), grant]);
  }
  return (
    <ul className={cx(s.contexts)}>
      {[...contexts].map(([name, rows]) => (
        <li key={name}>
          <h4 className={cx(s.context)}>{name}</h4>
          <ul>
            {rows.map((grant) => (
              <li key={grant.text} className={cx(s.grant, !grant.active && s.inactive)}>
                {grant.permission === "*" ? words.every : <code>{grant.permission}</code>}
                {grant.active && unused.has(grant.text) && <Tag>{usedWords.mark}</Tag>}
                {grant.problem !== null && (
                  <Tag tone="warn" icon="warn">
                    {grant.active ? grant.problem : words.inactiveBecause(grant.problem)}
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
