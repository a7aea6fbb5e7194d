import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox, Radio as AriaRadio, Switch as AriaSwitch, ToggleButton } from "react-aria-components";

import s from "./Check.module.css";
import { cx } from "./cx";
import { Icon } from "./Icon";

interface Props {
  checked: boolean;
  onChange: (checked: boolean) => void;
  mixed?: boolean;
  disabled?: boolean;
  label?: string;
  describedBy?: string;
  inTabOrder?: boolean;
  children?: ReactNode;
}

/** On, off, or some. */
export function Checkbox({ checked, onChange, mixed = false, disabled = false, label, describedBy, inTabOrder = true, children }: Props) {
  return (
    <AriaCheckbox
      className={cx(s.check)}
      isSelected={checked}
      isIndeterminate={mixed}
      isDisabled={disabled}
      excludeFromTabOrder={!inTabOrder}
      onChange={onChange}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(describedBy === undefined ? {} : { "aria-describedby": describedBy })}
    >
      <span className={cx(s.box)}>{mixed ? <Icon name="minus" size={12} /> : checked ? <Icon name="check" size={12} /> : null}</span>
      {children}
    </AriaCheckbox>
  );
}

/** A radio button that is a card with a sentence. */
export function RadioCard({ value, title, hint, icon }: { value: string; title: string; hint: string; icon?: ReactNode }) {
  return (
    <AriaRadio className={cx(s.card)} value={value} aria-label={title}>
      <span className={cx(s.cardTitle)}>
        <span className={cx(s.dot)} />
        {title}
        {icon}
      </span>
      <span className={cx(s.cardHint)}>{hint}</span>
    </AriaRadio>
  );
}

/** A radio button that is a chip. */
export function RadioChip({ value, children }: { value: string; children: ReactNode }) {
  return (
    <AriaRadio className={cx(s.chip)} value={value}>
      {children}
    </AriaRadio>
  );
}

/** A chip that is on or off: a filter. */
export function ToggleChip({ on, onChange, children }: { on: boolean; onChange: (on: boolean) => void; children: ReactNode }) {
  return (
    <ToggleButton className={cx(s.chip, s.toggle)} isSelected={on} onChange={onChange}>
      {children}
    </ToggleButton>
  );
}

/** On or off, at once. */
export function Switch({ checked, onChange, children }: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }) {
  return (
    <AriaSwitch className={cx(s.switch)} isSelected={checked} onChange={onChange}>
      <span className={cx(s.track)} />
      {children}
    </AriaSwitch>
  );
}
