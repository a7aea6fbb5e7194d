import { Confirm } from "../components/Overlay";
import { useTell } from "../components/Toasts";
import type { ServiceRow } from "../ipc/bindings/ServiceRow";
import { useAction, useLive } from "../ipc/live";
import { words as tokenWords } from "../tokens/words";
import { words } from "./words";

const NAMED = 12;

/** Asks before a service goes, and names the tokens that stop. */
export function RemoveService({ row, onClose }: { row: ServiceRow; onClose: () => void }) {
  const { ipc } = useLive();
  const tell = useTell();
  const action = useAction();
  const names = row.tokens.slice(0, NAMED);
  const rest = row.tokens.length - names.length;
  const confirm = () =>
    void action.run(async () => {
      await ipc.removeService(row.name);
      onClose();
      tell(words.removed(row.name));
    });
  return (
    <Confirm
      title={words.removeTitle(row.name)}
      body={
        <>
          <p>{words.removeBody}</p>
          <p>{names.length === 0 ? words.removeNone : words.removeStops(rest > 0 ? [...names, tokenWords.andMore(rest)] : names)}</p>
        </>
      }
      action={words.remove}
      busy={action.busy}
      error={action.error}
      onConfirm={confirm}
      onCancel={onClose}
    />
  );
}
