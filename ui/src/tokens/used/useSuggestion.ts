import { useCallback } from "react";

import type { Suggestion } from "../../ipc/bindings/Suggestion";
import { useLive, useReading, type Reading } from "../../ipc/live";

/** What a token really used; read again when tokens change, and not with every request. */
export function useSuggestion(id: string | undefined): Reading<Suggestion> {
  const { ipc, count } = useLive();
  const read = useCallback(() => (id === undefined ? Promise.reject(new Error("no token")) : ipc.suggestToken(id)), [ipc, id]);
  return useReading(read, id === undefined ? undefined : `${id} ${count.tokens}`);
}

/** Whether the suggestion is another scope than the token's own. */
export function differs(suggestion: Suggestion): boolean {
  return suggestion.grants.length > 0 && (suggestion.unused.length > 0 || suggestion.grants.some((grant) => !grant.held));
}
