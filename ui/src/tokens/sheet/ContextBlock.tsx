import { memo, useMemo, useState } from "react";

import { Button, IconButton } from "../../components/Button";
import { Checkbox } from "../../components/Check";
import { cx } from "../../components/cx";
import { SearchField } from "../../components/Field";
import { ErrorText, Skeleton } from "../../components/State";
import type { PermissionList } from "../../ipc/bindings/PermissionList";
import type { PermissionRow } from "../../ipc/bindings/PermissionRow";
import type { WireError } from "../../ipc/ipc";
import { keyOf, type Block } from "./draft";
import { heldIn, impliedBy } from "./held";
import { PermissionItem } from "./PermissionItem";
import s from "./Permissions.module.css";
import { words } from "./words";

interface Props {
  block: Block;
  list: PermissionList | undefined;
  error: WireError | undefined;
  /** Picked ones that the token has and did not use lately. */
  unused: ReadonlySet<string> | undefined;
  onChange: (block: Block) => void;
  onRemove: (key: string) => void;
}

const SEARCHED = 6;
const reads = (row: PermissionRow) => row.operations.length > 0 && row.operations.every((operation) => /^(GET|HEAD) /.test(operation));

/** One context: its permissions by group, each picked one by one or by the group. */
export const ContextBlock = memo(function ContextBlock({ block, list, error, unused, onChange, onRemove }: Props) {
  const [search, setSearch] = useState("");
  const name = words.contextName(block.service, block.context);
  const implied = useMemo(() => (list === undefined ? new Map<string, string>() : impliedBy(list, block.picked)), [list, block.picked]);
  const held = useMemo(() => (list === undefined ? new Set<string>() : heldIn(block, list)), [list, block]);
  const groups = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const found = new Map<string, PermissionRow[]>();
    for (const row of list?.permissions ?? []) {
      if (`${row.title}\n${row.name}\n${row.description}\n${row.group}`.toLowerCase().includes(wanted)) {
        found.set(row.group, [...(found.get(row.group) ?? []), row]);
      }
    }
    return [...found];
  }, [list, search]);

  const pick = (rows: readonly PermissionRow[], on: boolean) => {
    const picked = new Set(block.picked);
    rows.forEach((row) => (on ? picked.add(row.name) : picked.delete(row.name)));
    onChange({ ...block, picked });
  };
  // A group never picks what makes credentials: that is granted by its own name only.
  const pickable = (rows: readonly PermissionRow[]) => rows.filter((row) => row.assignable && row.risk !== "mints_credentials");

  return (
    <section className={cx(s.block)} aria-label={name}>
      <header className={cx(s.blockHead)}>
        <h4 className={cx(s.blockName)}>{name}</h4>
        {list !== undefined && <span className={cx(s.aside)}>{words.groupCount(held.size, list.permissions.length)}</span>}
        <IconButton icon="close" label={words.removeContext(name)} onPress={() => onRemove(keyOf(block))} />
      </header>
      {error !== undefined && <ErrorText error={error} />}
      {list === undefined && error === undefined && <Skeleton rows={3} />}
      {list !== undefined && (
        <>
          <div className={cx(s.blockTools)}>
            {list.permissions.length > SEARCHED && <SearchField label={words.searchPermissions(name)} placeholder={words.search} value={search} onChange={setSearch} />}
            <Button small onPress={() => pick(pickable(list.permissions).filter(reads), true)}>
              {words.readEverything}
            </Button>
            <Button small isDisabled={block.picked.size === 0 && !block.every} onPress={() => onChange({ ...block, picked: new Set(), every: false })}>
              {words.clear}
            </Button>
          </div>
          <div className={cx(s.every)}>
            <Checkbox checked={block.every} onChange={(every) => onChange({ ...block, every })} label={words.every}>
              <span>
                {words.every}
                <span className={cx(s.everyHint)}>{words.everyHint}</span>
              </span>
            </Checkbox>
          </div>
          {groups.length === 0 && <p className={cx(s.none)}>{words.noPermissionMatch}</p>}
          {groups.map(([group, rows]) => {
            const choosable = pickable(rows);
            const on = rows.filter((row) => held.has(row.name)).length;
            const all = choosable.length > 0 && choosable.every((row) => held.has(row.name));
            return (
              <div key={group} role="group" className={cx(s.group)} aria-label={group}>
                <div className={cx(s.groupHead)}>
                  <Checkbox checked={all} mixed={!all && on > 0} disabled={choosable.length === 0 || block.every} onChange={() => pick(all ? rows : choosable, !all)} label={group}>
                    <span className={cx(s.groupName)}>{group}</span>
                  </Checkbox>
                  <span className={cx(s.aside)}>{words.groupCount(on, rows.length)}</span>
                </div>
                <ul>
                  {rows.map((row) => (
                    <PermissionItem key={row.name} row={row} picked={block.picked.has(row.name)} unused={unused?.has(row.name) === true && block.picked.has(row.name)} impliedBy={implied.get(row.name) ?? (block.every && held.has(row.name) && !block.picked.has(row.name) ? words.everyShort : undefined)} onChange={(picked) => pick([row], picked)} />
                  ))}
                </ul>
              </div>
            );
          })}
        </>
      )}
    </section>
  );
});
