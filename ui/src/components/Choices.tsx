import { ListBox, ListBoxItem, Text } from "react-aria-components";

import { cx } from "./cx";
import s from "./Pick.module.css";

export interface Choice<K extends string> {
  id: K;
  name: string;
  note?: string;
}

/** What a field offers; `typed` is what choosing one writes into it, and what typing looks for. */
export function Choices<K extends string>({ choices, typed }: { choices: readonly Choice<K>[]; typed: "id" | "name" }) {
  return (
    <ListBox className={cx(s.list)} items={choices}>
      {(choice) => (
        <ListBoxItem className={cx(s.item)} id={choice.id} textValue={choice[typed]}>
          {/* The note is a part of the name: what is to be seen is what is read out. */}
          <Text slot="label">
            {choice.name} {choice.note !== undefined && <span className={cx(s.note)}>{choice.note}</span>}
          </Text>
        </ListBoxItem>
      )}
    </ListBox>
  );
}
