import { useState } from "react";

import { Button, IconButton } from "../../components/Button";
import { Checkbox } from "../../components/Check";
import { cx } from "../../components/cx";
import { SearchField } from "../../components/Field";
import f from "../../components/Form.module.css";
import { type Draft, edited, type EditedPermission, merged, permissionsOf, undone } from "./definition";
import s from "./OpenApi.module.css";
import { PermissionLine } from "./PermissionLine";
import { Rename } from "./Rename";
import { words } from "./words";

/** With so many headings or fewer, all are open from the start. */
const FEW = 4;

/** Permissions under their headings, to be renamed, merged and left out. */
export function PermissionEditor({ draft, onDraft }: { draft: Draft; onDraft: (draft: Draft) => void }) {
  const [search, setSearch] = useState("");
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [toggled, setToggled] = useState<readonly string[]>([]);
  const all = permissionsOf(draft);
  const wanted = search.trim().toLowerCase();
  const shown = all.filter((each) => `${each.name} ${each.title} ${each.group}`.toLowerCase().includes(wanted));
  const groups = groupsOf(shown);
  const few = groups.length <= FEW || wanted !== "";
  const picked = all.filter((each) => selected.includes(each.name)).map((each) => each.name);
  const allDropped = picked.length > 0 && picked.every((name) => draft.edits.dropped.includes(name));

  const select = (names: readonly string[], on: boolean) => setSelected((before) => [...before.filter((name) => !names.includes(name)), ...(on ? names : [])]);
  const act = (next: Draft) => {
    onDraft(next);
    setSelected([]);
  };
  const drop = () => act(edited(draft, { dropped: allDropped ? draft.edits.dropped.filter((name) => !picked.includes(name)) : [...new Set([...draft.edits.dropped, ...picked])] }));
  const renameGroup = (members: readonly EditedPermission[], name: string) => onDraft(edited(draft, { groups: { ...draft.edits.groups, ...Object.fromEntries(members.map((each) => [each.name, name])) } }));

  return (
    <section className={cx(f.part)} aria-label={words.permissions}>
      <h3 className={cx(f.label)}>{words.permissions}</h3>
      <p className={cx(f.hint)}>{words.permissionsHint}</p>
      <SearchField label={words.search} value={search} onChange={setSearch} />
      <div className={cx(s.bar)}>
        <span role="status" className={cx(f.hint)}>
          {words.selected(picked.length)}
        </span>
        <Button small isDisabled={picked.length < 2 || allDropped} onPress={() => act(merged(draft, picked))}>
          {words.merge}
        </Button>
        <Button small isDisabled={picked.length === 0} onPress={drop}>
          {allDropped ? words.restore : words.drop}
        </Button>
        <Button small look="quiet" isDisabled={draft.before.length === 0} onPress={() => act(undone(draft))}>
          {words.undo}
        </Button>
      </div>
      <div className={cx(s.groups)}>
        {groups.map(({ name, members }) => {
          const first = members[0]?.name ?? name;
          const open = few !== toggled.includes(first);
          const chosen = members.filter((each) => selected.includes(each.name)).length;
          const names = members.map((each) => each.name);
          return (
            <div key={first} role="group" aria-label={name} className={cx(s.group)}>
              <div className={cx(s.groupHead)}>
                <Checkbox label={words.selectGroup(name)} checked={chosen === members.length} mixed={chosen > 0 && chosen < members.length} onChange={(on) => select(names, on)} />
                <IconButton icon={open ? "chevron" : "right"} label={words.open(name)} aria-expanded={open} onPress={() => setToggled((before) => (before.includes(first) ? before.filter((each) => each !== first) : [...before, first]))} />
                <Rename strong label={words.group(name)} value={name} onChange={(next) => renameGroup(members, next)} />
                <span className={cx(f.hint)}>{members.length}</span>
              </div>
              {open && (
                <ul className={cx(s.lines)}>
                  {members.map((each) => (
                    <PermissionLine key={each.name} permission={each} selected={selected.includes(each.name)} onSelect={(on) => select([each.name], on)} onTitle={(title) => onDraft(edited(draft, { titles: { ...draft.edits.titles, [each.name]: title } }))} />
                  ))}
                </ul>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function groupsOf(permissions: readonly EditedPermission[]): { name: string; members: EditedPermission[] }[] {
  const groups = new Map<string, EditedPermission[]>();
  for (const each of permissions) {
    const name = each.group.trim() === "" ? words.noGroup : each.group;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}
