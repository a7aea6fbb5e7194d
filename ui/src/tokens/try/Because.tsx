import { cx } from "../../components/cx";
import { Tag } from "../../components/State";
import type { Explanation } from "../../ipc/bindings/Explanation";
import type { NeededPermission } from "../../ipc/bindings/NeededPermission";
import { words as sheetWords } from "../sheet/words";
import s from "./Try.module.css";
import { words } from "./words";

/** Who lacks it, where somebody does. */
function lack(needed: NeededPermission, permit: boolean): string | undefined {
  if (needed.owner === false) {
    return words.ownerLacks;
  }
  return permit || needed.held ? undefined : needed.owner === true ? words.ownerHas : words.tokenLacks;
}

function Needed({ needed, permit, before }: { needed: NeededPermission; permit: boolean; before: string }) {
  const why = lack(needed, permit);
  return (
    <li className={cx(s.needed)}>
      <span className={cx(s.quiet)}>{before}</span>
      <span>
        {needed.title} <code>{needed.name}</code>
      </span>
      {needed.risk !== "plain" && <Tag tone={needed.risk === "destructive" ? "bad" : "warn"}>{sheetWords.risk[needed.risk]}</Tag>}
      {why !== undefined && <span className={cx(s.quiet)}>{why}</span>}
    </li>
  );
}

/** What a decision goes by: where, what is needed and who has it; or why the operation is unknown. */
export function Because({ answer }: { answer: Explanation }) {
  const permit = answer.decision === "permit";
  const { unknown } = answer;
  return (
    <>
      {answer.contexts !== undefined && answer.contexts.length > 0 && (
        <p>
          <span className={cx(s.quiet)}>{words.where}</span> <code>{answer.contexts.join(", ")}</code>
        </p>
      )}
      {unknown !== undefined && (
        <div>
          <p>
            {words.unknown[unknown.why]} {unknown.why === "path" && unknown.known.length > 0 && words.like}
          </p>
          <ul>
            {unknown.known.map((operation) => (
              <li key={operation}>
                <code>{operation}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      {answer.needed !== undefined && answer.needed.some((all) => all.length > 0) && (
        <ul aria-label={words.needs}>
          {answer.needed.map((all, place) => all.map((needed, nth) => <Needed key={`${place} ${needed.name}`} needed={needed} permit={permit} before={nth > 0 ? words.and : place > 0 ? words.or : words.needs} />))}
        </ul>
      )}
      {answer.inactive?.map((grant) => (
        <p key={grant}>
          <Tag tone="warn" icon="warn">
            {words.inactive}
          </Tag>{" "}
          <code>{grant}</code>
        </p>
      ))}
    </>
  );
}
