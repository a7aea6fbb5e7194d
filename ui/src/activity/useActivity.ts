import { useEffect, useRef, useState } from "react";

import type { ActivityFilter } from "../ipc/bindings/ActivityFilter";
import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import { asWireError, type WireError } from "../ipc/ipc";
import { useLive } from "../ipc/live";

const PAGE = 200;

interface Tail {
  rows: readonly ActivityRow[] | undefined;
  error: WireError | undefined;
  /** Whether the last page was full, so that older records may follow. */
  more: boolean;
}

/** The newest records that a filter asks for, read again after each announcement; older pages on demand. */
export function useActivity(filter: ActivityFilter, held: boolean) {
  const { ipc, count } = useLive();
  const [tail, setTail] = useState<Tail>({ rows: undefined, error: undefined, more: false });
  const key = JSON.stringify(filter);
  const shown = useRef(key);
  const turn = held ? "held" : count.activity;

  useEffect(() => {
    let gone = false;
    const fresh = shown.current !== key;
    shown.current = key;
    if (held && !fresh) {
      return;
    }
    ipc.activity({ ...(JSON.parse(key) as ActivityFilter), limit: PAGE }).then(
      (page) =>
        gone ||
        setTail((before) => {
          // Pages that were read before stay below; a row that was still running is replaced by its ending.
          const oldest = page.at(-1)?.sequence ?? Infinity;
          const older = fresh || page.length < PAGE ? [] : (before.rows ?? []).filter((row) => row.sequence < oldest);
          return { rows: [...page, ...older], error: undefined, more: page.length === PAGE && (older.length === 0 || before.more) };
        }),
      (thrown: unknown) => gone || setTail((before) => ({ ...before, error: asWireError(thrown) })),
    );
    return () => {
      gone = true;
    };
  }, [ipc, key, turn, held]);

  const older = async () => {
    const before = tail.rows?.at(-1)?.sequence;
    if (before === undefined) {
      return;
    }
    try {
      const page = await ipc.activity({ ...filter, before, limit: PAGE });
      setTail((now) => ({ rows: [...(now.rows ?? []), ...page], error: undefined, more: page.length === PAGE }));
    } catch (thrown) {
      setTail((now) => ({ ...now, error: asWireError(thrown) }));
    }
  };
  return { ...tail, older };
}
