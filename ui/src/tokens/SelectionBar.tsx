import { Button } from "../components/Button";
import { cx } from "../components/cx";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import s from "./TokensScreen.module.css";
import type { useTokenActs } from "./useTokenActs";
import { words } from "./words";

/** What can be done with the selected tokens; its buttons say with how many. */
export function SelectionBar({ rows, acts, onClear }: { rows: TokenRow[]; acts: ReturnType<typeof useTokenActs>; onClear: () => void }) {
  const enabled = rows.filter((row) => row.status !== "disabled");
  return (
    <div className={cx(s.selection)} role="group" aria-label={words.selected(rows.length)}>
      <span className={cx(s.selectionCount)}>{words.selected(rows.length)}</span>
      {enabled.length > 0 && (
        <Button small onPress={() => enabled.forEach(acts.disable)}>
          {words.disableNamed(enabled.length)}
        </Button>
      )}
      <Button small look="danger" onPress={() => acts.revoke(rows)}>
        {words.revokeNamed(rows.length)}
      </Button>
      <Button small look="quiet" onPress={onClear}>
        {words.clearSelection}
      </Button>
    </div>
  );
}
