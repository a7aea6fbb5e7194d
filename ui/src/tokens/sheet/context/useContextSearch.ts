import { useEffect, useState } from "react";

import type { ContextSearch } from "../../../ipc/bindings/ContextSearch";
import { asWireError } from "../../../ipc/ipc";
import { useLive } from "../../../ipc/live";

/** How long the owner pauses between two letters. */
const PAUSE = 250;

const NOTHING: ContextSearch = { found: [], asked: false, problem: null };

/** What the service finds for the text as it is now; answers to an earlier text are dropped. */
export function useContextSearch(service: string, kind: string, text: string): { search: ContextSearch; asking: boolean } {
  const { ipc } = useLive();
  const question = JSON.stringify([service, kind, text.trim()]);
  const [answer, setAnswer] = useState<{ question: string; search: ContextSearch }>({ question: "", search: NOTHING });
  useEffect(() => {
    let current = true;
    const take = (search: ContextSearch) => {
      if (current) {
        setAnswer({ question, search });
      }
    };
    const timer = window.setTimeout(() => {
      ipc.searchContexts(service, kind, text.trim()).then(take, (thrown: unknown) => take({ ...NOTHING, problem: asWireError(thrown).message }));
    }, PAUSE);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [ipc, service, kind, text, question]);
  return { search: answer.search, asking: answer.question !== question };
}
