import { Button } from "../components/Button";
import { cx } from "../components/cx";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import { say } from "../messages";
import s from "./TokensScreen.module.css";
import type { useTokenActs } from "./useTokenActs";

/** What can be done with the selected tokens; its buttons say with how many. */
export function SelectionBar({ rows, acts, onClear }: { rows: TokenRow[]; acts: ReturnType<typeof useTokenActs>; onClear: () => void }) {
  const enabled = rows.filter((row) => row.status !== "disabled");
  return (
    <div className={cx(s.selection)} role="group" aria-label={say.tokens.selected(rows.length)}>
      <span className={cx(s.selectionCount)}>{say.tokens.selected(rows.length)}</span>
      {enabled.length > 0 && (
        <Button small onPress={() => enabled.forEach(acts.disable)}>
          {say.tokens.disableNamed(enabled.length)}
        </Button>
      )}
      <Button small look="danger" onPress={() => acts.revoke(rows)}>
        {say.tokens.revokeNamed(rows.length)}
      </Button>
      <Button small look="quiet" onPress={onClear}>
        {say.tokens.clearSelection}
      </Button>
    </div>
  );
}
