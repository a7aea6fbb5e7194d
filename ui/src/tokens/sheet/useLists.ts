import { useEffect, useRef, useState } from "react";

import type { PermissionList } from "../../ipc/bindings/PermissionList";
import { asWireError, type WireError } from "../../ipc/ipc";
import { useLive } from "../../ipc/live";
import { keyOf, type Block } from "./draft";

interface Lists {
  lists: ReadonlyMap<string, PermissionList>;
  errors: ReadonlyMap<string, WireError>;
}

/** What can be granted in each context of the form, read once per context. */
export function useLists(blocks: readonly Block[]): Lists {
  const { ipc } = useLive();
  const [lists, setLists] = useState<Lists>({ lists: new Map(), errors: new Map() });
  const asked = useRef(new Set<string>());
  useEffect(() => {
    for (const block of blocks) {
      const key = keyOf(block);
      if (asked.current.has(key)) {
        continue;
      }
      asked.current.add(key);
      ipc.permissions(block.service, block.context).then(
        (list) => setLists((before) => ({ ...before, lists: new Map(before.lists).set(key, list) })),
        (thrown: unknown) => setLists((before) => ({ ...before, errors: new Map(before.errors).set(key, asWireError(thrown)) })),
      );
    }
  }, [ipc, blocks]);
  return lists;
}
