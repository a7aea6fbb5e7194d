import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import type { ServiceKind } from "./bindings/ServiceKind";
import type { ServiceRow } from "./bindings/ServiceRow";
import type { Status } from "./bindings/Status";
import type { TokenRow } from "./bindings/TokenRow";
import { asWireError, type Changed, type Ipc, type WireError } from "./ipc";

/** What was last read, and what the last attempt failed with. Both can be there: old rows stay beside a new error. */
export interface Reading<T> {
  value: T | undefined;
  error: WireError | undefined;
}

interface Live {
  ipc: Ipc;
  status: Reading<Status>;
  tokens: Reading<TokenRow[]>;
  services: Reading<ServiceRow[]>;
  kinds: Reading<ServiceKind[]>;
  /** Counts the announcements of each sort, so that a screen can read again what only it shows. */
  count: Record<Changed, number>;
}

const LiveContext = createContext<Live | undefined>(undefined);
const ACTIVITY_PAUSE = 1000;
const QUIET: Record<Changed, number> = { tokens: 0, services: 0, activity: 0, status: 0 };

/** Reads when `turn` changes; an answer that was overtaken by a later one is dropped. */
export function useReading<T>(read: () => Promise<T>, turn: string | undefined): Reading<T> {
  const [reading, setReading] = useState<Reading<T>>({ value: undefined, error: undefined });
  const latest = useRef(0);
  useEffect(() => {
    if (turn === undefined) {
      return;
    }
    const mine = ++latest.current;
    read().then(
      (value) => mine === latest.current && setReading({ value, error: undefined }),
      (thrown: unknown) =>
        mine === latest.current && setReading((before) => ({ value: before.value, error: asWireError(thrown) })),
    );
  }, [read, turn]);
  return reading;
}

/** Reads what every screen shows, again after each announcement. The window keeps no truth of its own. */
export function LiveProvider({ ipc, children }: { ipc: Ipc; children: ReactNode }) {
  const [count, setCount] = useState<Record<Changed, number>>();
  useEffect(() => {
    let stop: (() => void) | undefined;
    let gone = false;
    const waiting = new Map<Changed, number>();
    const announce = (what: Changed) => {
      // A busy gateway announces every request; one reading a second is enough for the eye.
      const pause = what === "activity" ? ACTIVITY_PAUSE : 0;
      if (waiting.has(what)) {
        return;
      }
      const tell = () => {
        waiting.delete(what);
        setCount((before) => ({ ...(before ?? QUIET), [what]: (before ?? QUIET)[what] + 1 }));
      };
      waiting.set(what, window.setTimeout(tell, pause));
    };
    ipc.onChanged(announce).then(
      (end) => {
        stop = end;
        if (gone) {
          end();
        }
      },
      () => undefined,
    ).finally(() => setCount((before) => before ?? QUIET));
    return () => {
      gone = true;
      waiting.forEach((timer) => window.clearTimeout(timer));
      stop?.();
    };
  }, [ipc]);

  const turn = (...whats: Changed[]) => count && whats.map((what) => count[what]).join("-");
  const status = useReading(useCallback(() => ipc.status(), [ipc]), turn("status", "tokens", "services"));
  // Services too: removing one makes grants inactive. Activity too: it moves the last use.
  const tokens = useReading(useCallback(() => ipc.tokens(), [ipc]), turn("tokens", "services", "activity"));
  // Status too: locking changes the state of every credential.
  const services = useReading(useCallback(() => ipc.services(), [ipc]), turn("services", "tokens", "status"));
  const kinds = useReading(useCallback(() => ipc.serviceKinds(), [ipc]), count && "once");

  const live = useMemo<Live>(
    () => ({ ipc, status, tokens, services, kinds, count: count ?? QUIET }),
    [ipc, status, tokens, services, kinds, count],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** Everything that is read for all screens. */
export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === undefined) {
    throw new Error("useLive outside LiveProvider");
  }
  return live;
}

/** One change at a time, with what it failed with, to be shown beside its button. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError>();
  const run = useCallback(async (work: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (thrown) {
      setError(asWireError(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { run, busy, error, clear: useCallback(() => setError(undefined), []) };
}
