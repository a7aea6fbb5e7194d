import { createContext, useContext, useMemo, useState, type ReactNode } from "react";

import type { Scope } from "../ipc/bindings/Scope";
import type { TokenRow } from "../ipc/bindings/TokenRow";

export type Screen = "tokens" | "services" | "activity" | "settings";

/** The side sheet: a new token, maybe begun from a scope; or an update, maybe with grants to add, or to take in place of all others. */
export type SheetAsk = { of: "new"; scope?: Scope } | { of: "update"; id: string; add?: string[]; take?: string[] };

/** What the owner is asked before tokens change for good. */
export type Ask = { of: "revoke"; tokens: TokenRow[] } | { of: "replace"; token: TokenRow };

interface Desk {
  screen: Screen;
  go: (screen: Screen) => void;
  sheet: SheetAsk | undefined;
  openSheet: (sheet: SheetAsk | undefined) => void;
  ask: Ask | undefined;
  openAsk: (ask: Ask | undefined) => void;
  /** The kind to connect, the empty string for any. */
  connecting: string | undefined;
  connect: (kind: string | undefined) => void;
  unlocking: boolean;
  setUnlocking: (open: boolean) => void;
  /** Public id of the token whose details are open. */
  token: string | undefined;
  openToken: (id: string | undefined) => void;
  /** Public id of the token that the activity is narrowed to. */
  activityToken: string | undefined;
  showActivity: (token: string | undefined) => void;
}

const DeskContext = createContext<Desk | undefined>(undefined);

/** Which screen, sheet and question are open: the window's own state, and nothing that the program knows. */
export function DeskProvider({ children }: { children: ReactNode }) {
  const [screen, go] = useState<Screen>("tokens");
  const [sheet, openSheet] = useState<SheetAsk>();
  const [ask, openAsk] = useState<Ask>();
  const [connecting, connect] = useState<string>();
  const [unlocking, setUnlocking] = useState(false);
  const [token, openToken] = useState<string>();
  const [activityToken, setActivityToken] = useState<string>();
  const desk = useMemo<Desk>(
    () => ({
      screen,
      go,
      sheet,
      openSheet,
      ask,
      openAsk,
      connecting,
      connect,
      unlocking,
      setUnlocking,
      token,
      openToken,
      activityToken,
      showActivity: (id) => {
        setActivityToken(id);
        go("activity");
      },
    }),
    [screen, sheet, ask, connecting, unlocking, token, activityToken],
  );
  return <DeskContext value={desk}>{children}</DeskContext>;
}

/** What is open, and how to open it. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) {
    throw new Error("useDesk outside DeskProvider");
  }
  return desk;
}
