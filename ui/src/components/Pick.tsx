import { Button as AriaButton, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue, Text } from "react-aria-components";

import { cx } from "./cx";
import field from "./Field.module.css";
import { Icon } from "./Icon";
import s from "./Pick.module.css";

export interface Choice<K extends string> {
  id: K;
  name: string;
  note?: string;
}

interface SelectProps<K extends string> {
  label: string;
  choices: readonly Choice<K>[];
  value: K | null;
  onChange: (value: K) => void;
  placeholder?: string;
  /** The label is read out by its own, and drawn before the value by the style sheet. */
  quiet?: boolean;
}

function Items<K extends string>({ choices }: { choices: readonly Choice<K>[] }) {
  return (
    <ListBox className={cx(s.list)} items={choices}>
      {(choice) => (
        <ListBoxItem className={cx(s.item)} id={choice.id} textValue={choice.name}>
          <Text slot="label">{choice.name}</Text>
          {choice.note !== undefined && (
            <Text slot="description" className={cx(s.note)}>
              {choice.note}
            </Text>
          )}
        </ListBoxItem>
      )}
    </ListBox>
  );
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
        <Items choices={choices} />
      </Popover>
    </AriaSelect>
  );
}
