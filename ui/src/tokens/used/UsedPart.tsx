import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { useDesk } from "../../frame/desk";
import type { Suggestion } from "../../ipc/bindings/Suggestion";
import type { Reading } from "../../ipc/live";
import { say } from "../../messages";
import { UsedList } from "./UsedList";
import { differs } from "./useSuggestion";
import s from "./Used.module.css";
import { words } from "./words";

/** In a token's details: what it really used, and the way to narrow it to that. */
export function UsedPart({ reading, live }: { reading: Reading<Suggestion>; live: boolean }) {
  const desk = useDesk();
  const suggestion = reading.value;
  if (suggestion === undefined) {
    return <p className={cx(s.quiet)}>{reading.error?.message ?? say.common.loading}</p>;
  }
  const take = suggestion.grants.map((grant) => grant.text);
  return (
    <>
      <UsedList suggestion={suggestion} />
      {live && differs(suggestion) && (
        <Button small look="quiet" onPress={() => desk.openSheet({ of: "update", id: suggestion.id, take })}>
          {words.narrow}
        </Button>
      )}
    </>
  );
}
