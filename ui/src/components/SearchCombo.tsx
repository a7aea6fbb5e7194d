import { Button as AriaButton, ComboBox, Input, Label, Popover } from "react-aria-components";

import { type Choice, Choices } from "./Choices";
import { cx } from "./cx";
import field from "./Field.module.css";
import { Icon } from "./Icon";
import s from "./Pick.module.css";

interface Props {
  label: string;
  /** As they were found: the text has been looked for already. */
  choices: readonly Choice<string>[];
  /** How the search stands, under the choices and read out. */
  state: string;
  value: string;
  onChange: (value: string) => void;
  placeholder: string;
}

/** Free text with choices that are found elsewhere while it is typed. */
export function SearchCombo({ label, choices, state, value, onChange, placeholder }: Props) {
  return (
    <ComboBox
      className={cx(field.field)}
      allowsCustomValue
      allowsEmptyCollection
      menuTrigger="focus"
      items={choices}
      inputValue={value}
      onInputChange={onChange}
    >
      <Label className={cx(field.label)}>{label}</Label>
      <div className={cx(s.combo)}>
        <Input className={cx(field.input, s.comboInput)} spellCheck={false} placeholder={placeholder} />
        <AriaButton className={cx(s.comboButton)}>
          <Icon name="chevron" size={14} />
        </AriaButton>
      </div>
      <Popover className={cx(s.popover)} offset={4}>
        <Choices choices={choices} typed="id" />
        <p className={cx(s.state)} role="status">
          {state}
        </p>
      </Popover>
    </ComboBox>
  );
}
