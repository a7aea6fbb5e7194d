import { useMemo, useRef, useState } from "react";

import { Button } from "../components/Button";
import { ToggleChip } from "../components/Check";
import { cx } from "../components/cx";
import { SearchField } from "../components/Field";
import { Select } from "../components/Pick";
import { Screen, ScreenBar } from "../components/Screen";
import { Empty, ErrorText, Skeleton } from "../components/State";
import { useNow } from "../components/useNow";
import { VirtualList } from "../components/VirtualList";
import { useDesk } from "../frame/desk";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import { useLive } from "../ipc/live";
import { say } from "../messages";
import { FirstRun } from "./FirstRun";
import { findTokens, sortTokens, type TokenFilter, type TokenSort } from "./search";
import { SelectionBar } from "./SelectionBar";
import { TokenCells } from "./TokenCells";
import { TokenDetail } from "./TokenDetail";
import s from "./TokensScreen.module.css";
import { useTokenActs } from "./useTokenActs";
import { words } from "./words";

const FILTERS: TokenFilter[] = ["active", "expiring", "unused", "full", "disabled", "revoked"];
const SORTS: TokenSort[] = ["used", "name", "created", "expires"];
const HEIGHT = { wide: 58, middle: 58, narrow: 78 };
const keyOf = (row: TokenRow) => row.id;

/** Every personal token of the owner. */
export function TokensScreen() {
  const { tokens } = useLive();
  const desk = useDesk();
  const acts = useTokenActs();
  const now = useNow();
  const [search, setSearch] = useState("");
  const [chip, setChip] = useState<TokenFilter>();
  const [sort, setSort] = useState<TokenSort>("used");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string>(undefined);

  const rows = tokens.value;
  const sorted = useMemo(() => (rows === undefined ? [] : sortTokens(rows, sort)), [rows, sort]);
  const found = useMemo(() => findTokens(sorted, search, chip, now), [sorted, search, chip, now]);
  const live = useMemo(() => sorted.filter((row) => row.status !== "revoked").length, [sorted]);
  const selected = useMemo(() => found.filter((row) => row.status !== "revoked" && picked.has(row.id)), [found, picked]);
  const open = rows?.find((row) => row.id === desk.token);

  const select = (row: TokenRow, range: boolean) => {
    const from = range ? found.findIndex((each) => each.id === anchor.current) : -1;
    const to = found.indexOf(row);
    const next = new Set(picked);
    if (from !== -1) {
      found.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((each) => next.add(each.id));
    } else if (!next.delete(row.id)) {
      next.add(row.id);
    }
    anchor.current = range && from !== -1 ? anchor.current : row.id;
    setPicked(next);
  };
  const clear = () => {
    setSearch("");
    setChip(undefined);
  };

  const narrowed = search !== "" || chip !== undefined;
  const body = () => {
    if (rows === undefined) {
      return tokens.error === undefined ? <Skeleton /> : <Empty icon="warn" title={say.common.failed}><ErrorText error={tokens.error} /></Empty>;
    }
    if (live === 0 && !narrowed) {
      return <FirstRun />;
    }
    if (found.length === 0) {
      return (
        <Empty icon="search" title={chip === "revoked" && search === "" ? words.noRevoked : words.noMatch} actions={<Button onPress={clear}>{say.common.clearFilters}</Button>} />
      );
    }
    return (
      <VirtualList
        label={words.listLabel}
        items={found}
        keyOf={keyOf}
        rowHeight={HEIGHT}
        open={open?.id}
        onOpen={acts.open}
        selected={picked}
        onSelect={select}
        onKey={(event, row) => {
          if (event.key === "Delete" && row.status !== "revoked") {
            acts.revoke(selected.length > 0 ? selected : [row]);
          } else if (event.key === "d" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            acts.clone(row);
          }
        }}
      >
        {(row, place) => <TokenCells row={row} place={place} now={now} selected={picked.has(row.id)} onSelect={() => select(row, false)} acts={acts} />}
      </VirtualList>
    );
  };

  return (
    <Screen
      title={words.title}
      count={rows === undefined ? undefined : narrowed ? words.found(found.length, rows.length) : words.total(live)}
      tools={
        <Button look="primary" icon="plus" onPress={() => desk.openSheet({ of: "new" })}>
          {words.create}
        </Button>
      }
      detail={open !== undefined ? <TokenDetail row={open} now={now} /> : undefined}
    >
      {(live > 0 || narrowed || sorted.length > 0) && (
        <ScreenBar label={words.finding}>
          <SearchField label={words.search} placeholder={words.searchHint} value={search} onChange={setSearch} />
          <Select label={words.sort} quiet choices={SORTS.map((id) => ({ id, name: words.sorts[id] }))} value={sort} onChange={setSort} />
          <div role="group" aria-label={words.filters} className={cx(s.chips)}>
            {FILTERS.map((id) => (
              <ToggleChip key={id} on={chip === id} onChange={(on) => setChip(on ? id : undefined)}>
                {words.filter[id]}
              </ToggleChip>
            ))}
          </div>
        </ScreenBar>
      )}
      {selected.length > 0 && <SelectionBar rows={selected} acts={acts} onClear={() => setPicked(new Set())} />}
      {body()}
    </Screen>
  );
}
