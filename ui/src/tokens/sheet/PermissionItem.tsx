import { useId } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";

import { Checkbox } from "../../components/Check";
import { cx } from "../../components/cx";
import { Tag } from "../../components/State";
import type { PermissionRow } from "../../ipc/bindings/PermissionRow";
import { words as usedWords } from "../used/words";
import s from "./Permissions.module.css";
import { words } from "./words";

function Operations({ row }: { row: PermissionRow }) {
  return (
    <DialogTrigger>
      <AriaButton className={cx(s.allows)} aria-label={words.allowsOf(row.title, row.operations.length)}>
        {words.allows(row.operations.length)}
      </AriaButton>
      <Popover className={cx(s.popover)} placement="bottom end" offset={4}>
        <Dialog className={cx(s.operations)} aria-label={words.allowsOf(row.title, row.operations.length)}>
          <ul>
            {row.operations.map((operation) => {
              const [method = "", path = ""] = operation.split(/ (.*)/s);
              return (
                <li key={operation} className={cx(s.operation)}>
                  <code className={cx(s.method)}>{method}</code>
                  <code>{path}</code>
                </li>
              );
            })}
          </ul>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

interface Props {
  row: PermissionRow;
  picked: boolean;
  /** The token has it and did not use it lately. */
  unused: boolean;
  /** Ticked and locked: what brings it. */
  impliedBy: string | undefined;
  onChange: (picked: boolean) => void;
}

/** A permission: what it is, what it allows, and whether it can be picked. */
export function PermissionItem({ row, picked, unused, impliedBy, onChange }: Props) {
  const about = useId();
  const lacked = !row.assignable;
  return (
    <li className={cx(s.item, lacked && s.lacked)}>
      <Checkbox checked={picked || impliedBy !== undefined} disabled={impliedBy !== undefined || (lacked && !picked)} onChange={onChange} label={row.title} describedBy={about}>
        <span className={cx(s.itemTitle)}>{row.title}</span>
      </Checkbox>
      <span className={cx(s.marks)}>
        {unused && <Tag>{usedWords.mark}</Tag>}
        {row.risk !== "plain" && <Tag tone={row.risk === "destructive" ? "bad" : "warn"}>{words.risk[row.risk]}</Tag>}
        {row.operations.length > 0 && <Operations row={row} />}
      </span>
      <p id={about} className={cx(s.about)}>
        {row.description} <code>{row.name}</code>
        {impliedBy !== undefined && <span className={cx(s.aside)}> · {words.implied(impliedBy)}</span>}
        {lacked && <span className={cx(s.reason)}> {row.reason}</span>}
        {lacked && picked && <span className={cx(s.reason)}> {words.inactive}</span>}
      </p>
    </li>
  );
}
