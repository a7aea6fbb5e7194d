import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import type { Suggestion } from "../../ipc/bindings/Suggestion";
import { grantsOf, type Draft } from "../sheet/draft";
import { UsedList } from "./UsedList";
import s from "./Used.module.css";
import { words } from "./words";

/** What the token really used, to be taken over into the form. */
export function UsedOffer({ suggestion, draft, onTake }: { suggestion: Suggestion; draft: Draft; onTake: (grants: string[]) => void }) {
  const grants = suggestion.grants.map((grant) => grant.text);
  const asked = new Set(draft.access === "limited" ? grantsOf(draft.blocks) : []);
  const same = asked.size === grants.length && grants.every((grant) => asked.has(grant));
  return (
    <div className={cx(s.offer)} role="group" aria-label={words.title(suggestion.days)}>
      <UsedList suggestion={suggestion} />
      {grants.length > 0 && (same ? <p className={cx(s.quiet)}>{words.takenOver}</p> : <Button onPress={() => onTake(grants)}>{words.takeOver}</Button>)}
    </div>
  );
}
