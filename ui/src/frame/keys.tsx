import { useEffect } from "react";

import { Button } from "../components/Button";
import { cx } from "../components/cx";
import { ModalDialog } from "../components/Overlay";
import { say } from "../messages";
import { useDesk } from "./desk";
import s from "./keys.module.css";
import { useVault } from "./useVault";
import { words } from "./words";

/** The search field of the screen that is open answers to `/` and Ctrl+F by this mark. */
const SEARCH = 'main input[type="search"]';

const isTyping = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Keys that hold in the whole window. While a dialog is open only that dialog listens. */
export function useKeys(showList: () => void) {
  const desk = useDesk();
  const vault = useVault();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !== null) {
        return;
      }
      const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
      const search = () => document.querySelector<HTMLInputElement>(SEARCH)?.focus();
      const acts: Record<string, (() => void) | false> = {
        n: command && (() => desk.openSheet({ of: "new" })),
        f: command && search,
        l: command && !vault.locked && vault.lock,
        ",": command && (() => desk.go("settings")),
        "/": plain && search,
        "?": plain && showList,
        Escape: !isTyping(event.target) && desk.token !== undefined && (() => desk.openToken(undefined)),
      };
      const act = acts[event.key];
      if (act !== undefined && act !== false) {
        event.preventDefault();
        act();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [desk, vault, showList]);
}

/** The list of keys. */
export function KeyList({ onClose }: { onClose: () => void }) {
  return (
    <ModalDialog title={words.keys} onClose={onClose} footer={<Button autoFocus onPress={onClose}>{say.common.close}</Button>}>
      <dl className={cx(s.keys)}>
        {words.keyList.map(([key, what]) => (
          <div key={key} className={cx(s.key)}>
            <dt>
              <kbd className={cx(s.cap)}>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </ModalDialog>
  );
}
