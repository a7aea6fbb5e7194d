import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from "react";

import { cx } from "./cx";
import s from "./Toasts.module.css";

const SayContext = createContext<(text: string) => void>(() => undefined);
const SHOWN = 6000;

/** Says what happened: one line at the bottom that is read out, and goes by itself. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", turn: 0 });
  const tell = useCallback((text: string) => setSaid((before) => ({ text, turn: before.turn + 1 })), []);
  useEffect(() => {
    if (said.text === "") {
      return;
    }
    const timer = window.setTimeout(() => setSaid((before) => ({ ...before, text: "" })), SHOWN);
    return () => window.clearTimeout(timer);
  }, [said]);
  return (
    <SayContext value={tell}>
      {children}
      <div className={cx(s.place)} role="status" data-react-aria-top-layer="true">
        {said.text !== "" && (
          <p key={said.turn} className={cx(s.toast)}>
            {said.text}
          </p>
        )}
      </div>
    </SayContext>
  );
}

/** What to call with a sentence about what happened. */
export function useTell(): (text: string) => void {
  return useContext(SayContext);
}
