import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import f from "../../components/Form.module.css";
import { ErrorText } from "../../components/State";
import type { WireError } from "../../ipc/ipc";
import { say } from "../../messages";
import type { Difference } from "./change";
import s from "./Sheet.module.css";
import { words } from "./words";

interface Props {
  summary: string;
  difference: Difference | undefined;
  widens: boolean;
  problem: string | undefined;
  error: WireError | undefined;
  busy: boolean;
  onSubmit: () => void;
  onCancel: () => void;
}

/** What the form would do, in words; what keeps it from being done; and the button. */
export function SheetFooter({ summary, difference, widens, problem, error, busy, onSubmit, onCancel }: Props) {
  const anyChange = difference !== undefined && difference.added.length + difference.removed.length + difference.other.length > 0;
  return (
    <>
      <p className={cx(s.summary)}>{summary}</p>
      {anyChange && (
        <ul className={cx(s.changes)} aria-label={words.changes}>
          {difference.added.map((text) => (
            <li key={text} className={cx(s.added)}>
              <code>+ {text}</code>
            </li>
          ))}
          {difference.removed.map((text) => (
            <li key={text} className={cx(s.removed)}>
              <code>− {text}</code>
            </li>
          ))}
          {difference.other.map((text) => (
            <li key={text} className={cx(s.changed)}>
              {text}
            </li>
          ))}
        </ul>
      )}
      {widens && <p className={cx(s.widens)}>{words.widens}</p>}
      <div className={cx(f.foot, s.footRow)}>
        {error === undefined ? (
          <p id="sheet-why" role="status" className={cx(f.why)}>
            {problem}
          </p>
        ) : (
          <ErrorText error={error} />
        )}
        <Button onPress={onCancel}>{say.common.cancel}</Button>
        <Button look="primary" isDisabled={problem !== undefined || busy} aria-describedby="sheet-why" onPress={onSubmit}>
          {difference === undefined ? words.create : words.update}
        </Button>
      </div>
    </>
  );
}
