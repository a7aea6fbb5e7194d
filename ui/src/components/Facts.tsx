import type { ReactNode } from "react";

import { cx } from "./cx";
import s from "./Facts.module.css";

/** Names and values; `look` is the class that gives the list its place and its columns. */
export function Facts({ look, children }: { look: string | undefined; children: ReactNode }) {
  return <dl className={cx(s.facts, look)}>{children}</dl>;
}

/** One name with its value. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={cx(s.fact)}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
