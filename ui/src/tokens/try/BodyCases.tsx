import { cx } from "../../components/cx";
import { Mark } from "../../components/State";
import type { BodyCase } from "../../ipc/bindings/BodyCase";
import s from "./Try.module.css";
import { words } from "./words";

/** What one path comes to by the body that is sent there. */
export function BodyCases({ cases }: { cases: readonly BodyCase[] }) {
  return (
    <div>
      <p>{words.byBody}</p>
      <ul aria-label={words.byBody} className={cx(s.cases)}>
        {cases.map((each) => (
          <li key={each.operation} className={cx(s.case)}>
            <Mark tone={each.decision === "refusal" ? "bad" : each.if_named ? "warn" : "good"}>{each.decision === "refusal" ? words.refused : words.allowed}</Mark>
            <code>{each.operation}</code>
            {each.if_named && <span className={cx(s.quiet)}>{words.ifNamed}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
