import { Button as AriaButton, Label, Popover, Select as AriaSelect, SelectValue } from "react-aria-components";

import { type Choice, Choices } from "./Choices";
import { cx } from "./cx";
import field from "./Field.module.css";
import { Icon } from "./Icon";
import s from "./Pick.module.css";

interface SelectProps<K extends string> {
  label: string;
  choices: readonly Choice<K>[];
  value: K | null;
  onChange: (value: K) => void;
  placeholder?: string;
  /** The label is read out by its own, and drawn before the value by the style sheet. */
  quiet?: boolean;
}

/** One of a few. */
export function Select<K extends string>({ label, choices, value, onChange, placeholder, quiet = false }: SelectProps<K>) {
  const change = (key: unknown) => {
    const found = choices.find((choice) => choice.id === key);
    if (found !== undefined) {
      onChange(found.id);
    }
  };
  return (
    <AriaSelect className={cx(field.field)} value={value} onChange={change} {...(placeholder === undefined ? {} : { placeholder })} {...(quiet ? { "aria-label": label } : {})}>
      {!quiet && <Label className={cx(field.label)}>{label}</Label>}
      <AriaButton className={cx(s.trigger, quiet && s.quiet)} {...(quiet ? { "data-prefix": label } : {})}>
        <SelectValue className={cx(s.value)}>{({ defaultChildren, isPlaceholder }) => (isPlaceholder ? defaultChildren : (choices.find((choice) => choice.id === value)?.name ?? ""))}</SelectValue>
        <Icon name="chevron" size={14} />
      </AriaButton>
      <Popover className={cx(s.popover)} offset={4}>
        <Choices choices={choices} typed="name" />
      </Popover>
    </AriaSelect>
  );
}
