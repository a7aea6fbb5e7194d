import { useMemo, useState } from "react";

import { Button } from "../components/Button";
import { cx } from "../components/cx";
import { SearchField } from "../components/Field";
import { Select } from "../components/Pick";
import { Screen, ScreenBar } from "../components/Screen";
import { Empty, ErrorText, Mark, Skeleton } from "../components/State";
import { VirtualList } from "../components/VirtualList";
import { useDesk } from "../frame/desk";
import type { ActivityFilter } from "../ipc/bindings/ActivityFilter";
import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import { useLive } from "../ipc/live";
import { say } from "../messages";
import s from "./Activity.module.css";
import { ActivityCells } from "./ActivityCells";
import { ActivityDetail } from "./ActivityDetail";
import { matching } from "./filter";
import { useActivity } from "./useActivity";
import { words } from "./words";

const HEIGHT = { wide: 34, middle: 34, narrow: 50 };
const ANY = "*";
type Narrowing = "any" | "denied" | "by service";
const keyOf = (row: ActivityRow) => String(row.sequence);

/** Every request that reached the gateway, newest first. */
export function ActivityScreen() {
  const { tokens, services } = useLive();
  const desk = useDesk();
  const [token, setToken] = useState(desk.activityToken ?? ANY);
  const [service, setService] = useState(ANY);
  const [denied, setDenied] = useState<Narrowing>("any");
  const [search, setSearch] = useState("");
  const [held, setHeld] = useState(false);
  const [open, setOpen] = useState<number>();

  const filter = useMemo<ActivityFilter>(() => ({ ...(token === ANY ? {} : { token }), ...(service === ANY ? {} : { service }), ...(denied === "denied" ? { denied: true } : denied === "by service" ? { refused_by_service: true } : {}) }), [token, service, denied]);
  const { rows, error, more, older } = useActivity(filter, held);
  const found = useMemo(() => matching(rows ?? [], search), [rows, search]);
  const chosen = rows?.find((row) => row.sequence === open);
  const narrowed = search !== "" || token !== ANY || service !== ANY || denied !== "any";
  const clear = () => {
    setToken(ANY);
    setService(ANY);
    setDenied("any");
    setSearch("");
  };

  const body = () => {
    if (rows === undefined) {
      return error === undefined ? <Skeleton rows={10} /> : <Empty icon="warn" title={say.common.failed}><ErrorText error={error} /></Empty>;
    }
    if (found.length === 0) {
      return narrowed ? (
        <Empty icon="search" title={words.noMatch} actions={<Button onPress={clear}>{say.common.clearFilters}</Button>} />
      ) : (
        <Empty icon="activity" title={words.empty}>
          <p>{words.emptyWhy}</p>
        </Empty>
      );
    }
    return (
      <>
        <VirtualList label={words.listLabel} items={found} keyOf={keyOf} rowHeight={HEIGHT} open={chosen === undefined ? undefined : keyOf(chosen)} onOpen={(row) => setOpen(row.sequence)}>
          {(row, place) => <ActivityCells row={row} place={place} />}
        </VirtualList>
        {(more || error !== undefined) && (
          <div className={cx(s.foot)}>
            <ErrorText error={error} />
            {more && (
              <Button small look="quiet" onPress={older}>
                {words.older}
              </Button>
            )}
          </div>
        )}
      </>
    );
  };

  const liveTokens = (tokens.value ?? []).filter((row) => row.status !== "revoked" || row.id === token).slice(0, 500);
  return (
    <Screen
      title={words.title}
      tools={
        <>
          <Mark tone={held ? "idle" : "good"}>{held ? words.held : words.live}</Mark>
          <Button icon={held ? "play" : "pause"} onPress={() => setHeld(!held)}>
            {held ? words.resume : words.pause}
          </Button>
        </>
      }
      detail={chosen === undefined ? undefined : <ActivityDetail row={chosen} onClose={() => setOpen(undefined)} />}
    >
      <ScreenBar label={words.filters}>
        <SearchField label={words.search} placeholder={words.searchHint} value={search} onChange={setSearch} />
        <Select label={words.token} quiet choices={[{ id: ANY, name: words.anyToken }, ...liveTokens.map((row) => ({ id: row.id, name: row.name }))]} value={token} onChange={setToken} />
        <Select label={words.service} quiet choices={[{ id: ANY, name: words.anyService }, ...(services.value ?? []).map((row) => ({ id: row.name, name: row.name }))]} value={service} onChange={setService} />
        <Select label={words.decision} quiet choices={[{ id: "any", name: words.any }, { id: "denied", name: words.denied }, { id: "by service", name: words.byService.only }] as const} value={denied} onChange={setDenied} />
      </ScreenBar>
      {body()}
    </Screen>
  );
}
