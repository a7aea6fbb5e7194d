import { Label, RadioGroup } from "react-aria-components";

import { RadioChip } from "../../components/Check";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import type { Expiry } from "../../ipc/bindings/Expiry";
import type { Draft, ExpiryChoice } from "./draft";
import s from "./Sheet.module.css";
import { words } from "./words";

const CHOICES: ExpiryChoice[] = ["never", "d7", "d30", "d90", "d365", "date"];

/** Never, in so many days, or on a date. */
export function ExpiryPart({ draft, expiry, onChange }: { draft: Draft; expiry: Expiry | undefined; onChange: (change: Partial<Draft>) => void }) {
  return (
    <RadioGroup className={cx(s.part)} value={draft.expiry} onChange={(value) => onChange({ expiry: CHOICES.find((choice) => choice === value) ?? "never" })}>
      <Label className={cx(s.partName)}>{words.expires}</Label>
      <div className={cx(s.chips)}>
        {CHOICES.map((choice) => (
          <RadioChip key={choice} value={choice}>
            {words.expiry[choice]}
          </RadioChip>
        ))}
      </div>
      {draft.expiry === "date" && <TextField label={words.date} value={draft.date} onChange={(date) => onChange({ date })} hint={words.dateHint} error={draft.date.length >= 8 && expiry === undefined ? words.why.date : undefined} />}
      <p className={cx(s.hint)}>{expiry === undefined ? "" : expiry.expires === "never" ? words.expiresNever : words.expiresAt(expiry.at)}</p>
    </RadioGroup>
  );
}
