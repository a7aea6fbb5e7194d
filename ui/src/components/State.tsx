import type { ReactNode } from "react";

import type { WireError } from "../ipc/ipc";
import { say } from "../messages";
import { cx } from "./cx";
import { Icon, type IconName } from "./Icon";
import s from "./State.module.css";

/** What went wrong, beside the button that did it. The region is always there, so that it is read out. */
export function ErrorText({ error }: { error: WireError | undefined }) {
  return (
    <p role="alert" className={cx(s.error, error === undefined && s.silent)}>
      {error !== undefined && (
        <>
          <Icon name="warn" size={14} />
          <span>
            {error.message}
            {error.hint !== undefined && <span className={cx(s.hint)}> {error.hint}</span>}
          </span>
        </>
      )}
    </p>
  );
}

/** A screen, or a part of one, that has nothing to show and says what to do. */
export function Empty({ icon, title, children, actions }: { icon: IconName; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={cx(s.empty)}>
      <span className={cx(s.emptyIcon)}>
        <Icon name={icon} size={26} />
      </span>
      <h2 className={cx(s.emptyTitle)}>{title}</h2>
      {children !== undefined && <div className={cx(s.emptyText)}>{children}</div>}
      {actions !== undefined && <div className={cx(s.emptyActions)}>{actions}</div>}
    </div>
  );
}

/** Rows that are on their way. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className={cx(s.skeleton)} role="status" aria-label={say.common.loading}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={cx(s.bone)} />
      ))}
    </div>
  );
}

type Tone = "good" | "warn" | "bad" | "idle";

/** A word with a dot; the word says it, the dot lets the eye find it. */
export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={cx(s.mark, s[tone])}>
      <span className={cx(s.dot)} />
      {children}
    </span>
  );
}

/** A small tag. */
export function Tag({ tone = "idle", icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span className={cx(s.tag, s[`tag_${tone}`])}>
      {icon !== undefined && <Icon name={icon} size={12} />}
      <span className={cx(s.tagText)}>{children}</span>
    </span>
  );
}
