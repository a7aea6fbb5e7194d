import type { ReactNode, Ref } from "react";
import { FieldError, Input, Label, SearchField as AriaSearchField, Text, TextArea, TextField as AriaTextField, Button as AriaButton } from "react-aria-components";

import { say } from "../messages";
import { cx } from "./cx";
import s from "./Field.module.css";
import { Icon } from "./Icon";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  /** What is wrong with it, once the owner has had a chance to fill it. */
  error?: string | undefined;
  optional?: boolean;
  type?: "text" | "password" | "url";
  lines?: number;
  mono?: boolean;
  autoFocus?: boolean;
  placeholder?: string;
  onBlur?: () => void;
  autoComplete?: string;
}

/** One labelled line or box of text. */
export function TextField({ label, value, onChange, hint, error, optional = false, type = "text", lines, mono = false, autoFocus = false, placeholder, onBlur, autoComplete = "off" }: Props) {
  const shared = { className: cx(s.input, mono && s.mono), spellCheck: false, ...(placeholder === undefined ? {} : { placeholder }) };
  return (
    <AriaTextField className={cx(s.field)} value={value} onChange={onChange} type={type} isInvalid={error !== undefined} autoFocus={autoFocus} autoComplete={autoComplete} onBlur={() => onBlur?.()}>
      <Label className={cx(s.label)}>
        {label}
        {optional && <span className={cx(s.optional)}> ({say.common.optional})</span>}
      </Label>
      {lines === undefined ? <Input {...shared} /> : <TextArea {...shared} rows={lines} />}
      {hint !== undefined && error === undefined && (
        <Text slot="description" className={cx(s.hint)}>
          {hint}
        </Text>
      )}
      <FieldError className={cx(s.error)}>{error}</FieldError>
    </AriaTextField>
  );
}

interface SearchProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
}

/** Search; Esc clears it. */
export function SearchField({ label, value, onChange, placeholder, inputRef }: SearchProps) {
  return (
    <AriaSearchField className={cx(s.search)} aria-label={label} value={value} onChange={onChange}>
      <Icon name="search" />
      <Input className={cx(s.searchInput)} placeholder={placeholder ?? label} spellCheck={false} {...(inputRef === undefined ? {} : { ref: inputRef })} />
      {value !== "" && (
        <AriaButton className={cx(s.searchClear)}>
          <Icon name="close" size={14} />
        </AriaButton>
      )}
    </AriaSearchField>
  );
}
