import type { ReactNode } from "react";

import { cx } from "./cx";
import s from "./Screen.module.css";

/** A screen's head and body; a detail pane beside them where one is open. */
export function Screen({ title, count, tools, children, detail }: { title: string; count?: string | undefined; tools?: ReactNode; children: ReactNode; detail?: ReactNode }) {
  return (
    <div className={cx(s.screen, detail !== undefined && s.withDetail)}>
      <section className={cx(s.pane)} aria-label={title}>
        <header className={cx(s.head)}>
          <h1 className={cx(s.title)}>
            {title}
            {count !== undefined && <span className={cx(s.count)}>{count}</span>}
          </h1>
          {tools}
        </header>
        {children}
      </section>
      {detail}
    </div>
  );
}

/** What a screen's list is searched and narrowed with. */
export function ScreenBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={cx(s.bar)} role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** The pane on the right. */
export function DetailPane({ label, children }: { label: string; children: ReactNode }) {
  return (
    <aside className={cx(s.detail)} aria-label={label}>
      {children}
    </aside>
  );
}
