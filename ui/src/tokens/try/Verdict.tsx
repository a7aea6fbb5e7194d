import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { Mark } from "../../components/State";
import type { Explanation } from "../../ipc/bindings/Explanation";
import { Because } from "./Because";
import { BodyCases } from "./BodyCases";
import s from "./Try.module.css";
import { words } from "./words";

function outcomeOf({ body, decision }: Explanation): { tone: "good" | "warn" | "bad"; word: string } {
  if (decision === "refusal") {
    return { tone: "bad", word: words.refused };
  }
  return body === undefined ? { tone: "good", word: words.allowed } : { tone: "warn", word: words.depends };
}

/** A decision in words: by which grants, or for want of which. */
export function Verdict({ answer, onAdd }: { answer: Explanation; onAdd?: (grants: string[]) => void }) {
  const { tone, word } = outcomeOf(answer);
  return (
    <div className={cx(s.verdict)}>
      <Mark tone={tone}>
        <strong>{word}</strong>
      </Mark>
      {answer.operation !== undefined && <code className={cx(s.operation)}>{answer.operation}</code>}
      {answer.body !== undefined && answer.body.length > 0 ? <BodyCases cases={answer.body} /> : <p>{answer.reason}</p>}
      <Because answer={answer} />
      {answer.grants?.map((grant) => (
        <p key={grant}>
          {words.allowedBy} <code>{grant}</code>
        </p>
      ))}
      {answer.missing?.map((grants, index) => (
        <div key={grants.join(" ")} className={cx(s.missing)}>
          <p>
            {index === 0 ? words.missing : words.or} <code>{grants.join(" + ")}</code>
          </p>
          {onAdd !== undefined && (
            <Button small onPress={() => onAdd(grants)}>
              {words.addMissing}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
