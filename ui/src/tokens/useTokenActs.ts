import type { MenuEntry } from "../components/Menu";
import { useTell } from "../components/Toasts";
import { useDesk } from "../frame/desk";
import type { Scope } from "../ipc/bindings/Scope";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import { asWireError } from "../ipc/ipc";
import { useLive } from "../ipc/live";
import { words } from "./words";

/** The scope of a row, without the rest of it. */
export function scopeOf(row: TokenRow): Scope {
  return row.access === "full" ? { access: "full" } : { access: "limited", grants: row.grants };
}

/** What can be done with a token from wherever it is shown. */
export function useTokenActs() {
  const { ipc } = useLive();
  const desk = useDesk();
  const tell = useTell();
  const attempt = (work: Promise<unknown>, done: string) => {
    work.then(
      () => tell(done),
      (thrown: unknown) => tell(asWireError(thrown).message),
    );
  };
  const acts = {
    update: (row: TokenRow) => desk.openSheet({ of: "update", id: row.id }),
    clone: (row: TokenRow) => desk.openSheet({ of: "new", scope: scopeOf(row) }),
    disable: (row: TokenRow) => attempt(ipc.disableToken(row.id), words.disabled(row.name)),
    enable: (row: TokenRow) => attempt(ipc.enableToken(row.id), words.enabled(row.name)),
    replace: (row: TokenRow) => desk.openAsk({ of: "replace", token: row }),
    revoke: (rows: TokenRow[]) => rows.length > 0 && desk.openAsk({ of: "revoke", tokens: rows }),
    open: (row: TokenRow) => desk.openToken(row.id),
  };
  const entries = (row: TokenRow): MenuEntry[] => {
    const clone: MenuEntry = { name: words.clone, icon: "plus", act: () => acts.clone(row) };
    const open: MenuEntry = { name: words.open, icon: "right", act: () => acts.open(row) };
    if (row.status === "revoked") {
      return [open, clone];
    }
    return [
      open,
      clone,
      row.status === "disabled" ? { name: words.enable, icon: "play", apart: true, act: () => acts.enable(row) } : { name: words.disable, icon: "pause", apart: true, act: () => acts.disable(row) },
      { name: words.replace, icon: "refresh", act: () => acts.replace(row) },
      { name: words.revoke, icon: "close", danger: true, apart: true, act: () => acts.revoke([row]) },
    ];
  };
  return { ...acts, entries };
}
