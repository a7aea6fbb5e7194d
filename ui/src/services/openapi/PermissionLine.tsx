import { Checkbox } from "../../components/Check";
import { cx } from "../../components/cx";
import { Tag } from "../../components/State";
import type { EditedPermission } from "./definition";
import s from "./OpenApi.module.css";
import { Rename } from "./Rename";
import { words } from "./words";

/** One permission: select it, rename it, and see what it allows. */
export function PermissionLine({ permission, selected, onSelect, onTitle }: { permission: EditedPermission; selected: boolean; onSelect: (selected: boolean) => void; onTitle: (title: string) => void }) {
  const { name, title, dropped, parts, operations, risk } = permission;
  return (
    <li className={cx(s.line, dropped && s.dropped)}>
      <Checkbox label={words.select(title)} checked={selected} onChange={onSelect} />
      <Rename label={words.title(name)} value={title} onChange={onTitle} />
      <span className={cx(s.facts)}>
        <code className={cx(s.name)}>{name}</code>
        <span>{words.operations(operations)}</span>
        {parts.length > 0 && <span>{words.parts(parts)}</span>}
        {risk !== undefined && <Tag tone={risk === "destructive" ? "warn" : "bad"}>{words.risk[risk]}</Tag>}
        {dropped && <Tag>{words.dropped}</Tag>}
      </span>
    </li>
  );
}
