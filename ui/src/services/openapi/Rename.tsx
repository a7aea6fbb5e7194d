import { useState } from "react";
import { Input, TextField } from "react-aria-components";

import { cx } from "../../components/cx";
import s from "./OpenApi.module.css";

/** A name that is changed in its place: kept on Enter or when it is left, as it was on Esc. */
export function Rename({ label, value, strong = false, onChange }: { label: string; value: string; strong?: boolean; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState<string>();
  const keep = () => {
    if (typed !== undefined && typed.trim() !== value) {
      onChange(typed.trim());
    }
    setTyped(undefined);
  };
  return (
    <TextField className={cx(s.rename)} aria-label={label} value={typed ?? value} onChange={setTyped} onBlur={keep}>
      <Input
        className={cx(s.renameInput, strong && s.strong)}
        spellCheck={false}
        maxLength={200}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            // It would send the form around it.
            event.preventDefault();
            keep();
          } else if (event.key === "Escape" && typed !== undefined) {
            event.stopPropagation();
            setTyped(undefined);
          }
        }}
      />
    </TextField>
  );
}
