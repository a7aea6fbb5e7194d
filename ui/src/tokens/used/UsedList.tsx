import { cx } from "../../components/cx";
import { Tag } from "../../components/State";
import type { SuggestedGrant } from "../../ipc/bindings/SuggestedGrant";
import type { Suggestion } from "../../ipc/bindings/Suggestion";
import g from "../Grants.module.css";
import { differs } from "./useSuggestion";
import s from "./Used.module.css";
import { words } from "./words";

function Grant({ grant }: { grant: SuggestedGrant }) {
  const requests = grant.uses.reduce((sum, used) => sum + used.requests, 0);
  return (
    <li className={cx(g.grant)}>
      <code>{grant.text}</code>
      {!grant.held && <Tag>{words.notHeld}</Tag>}
      <span className={cx(s.quiet)} title={grant.uses.map((used) => used.operation).join("\n")}>
        {words.uses(requests, grant.uses.length)}
      </span>
    </li>
  );
}

function Rest({ name, grants }: { name: string; grants: readonly string[] }) {
  return grants.length === 0 ? null : (
    <div>
      <h4 className={cx(g.context)}>{name}</h4>
      <ul aria-label={name}>
        {grants.map((grant) => (
          <li key={grant} className={cx(g.grant)}>
            <code>{grant}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What was used, by which grants it would have been possible, and what is left over. */
export function UsedList({ suggestion }: { suggestion: Suggestion }) {
  if (suggestion.requests === 0) {
    return <p className={cx(s.quiet)}>{words.none(suggestion.days)}</p>;
  }
  const uncovered = suggestion.uncovered.map((used) => `${used.operation}: ${words.why[used.why]}`);
  return (
    <div className={cx(s.used)}>
      <p>{differs(suggestion) || suggestion.uncovered.length > 0 ? words.enough(suggestion.requests, suggestion.grants.length) : words.exact(suggestion.requests)}</p>
      <ul aria-label={words.title(suggestion.days)}>
        {suggestion.grants.map((grant) => (
          <Grant key={grant.text} grant={grant} />
        ))}
      </ul>
      <Rest name={words.unused} grants={suggestion.unused} />
      <Rest name={words.narrowed} grants={suggestion.narrowed} />
      <Rest name={words.uncovered} grants={uncovered} />
      {!suggestion.exhaustive && <p className={cx(s.quiet)}>{words.notExhaustive}</p>}
    </div>
  );
}
