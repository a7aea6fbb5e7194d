import type { ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";

import { cx } from "./cx";
import { Icon, type IconName } from "./Icon";
import s from "./Menu.module.css";

export interface MenuEntry {
  name: string;
  icon?: IconName;
  danger?: boolean;
  /** A line above it. */
  apart?: boolean;
  act: () => void;
}

/** A menu on whatever button is its first child. */
export function Menu({ label, entries, children, placement = "bottom end" }: { label: string; entries: readonly MenuEntry[]; children: ReactNode; placement?: "bottom end" | "bottom start" | "top start" }) {
  return (
    <MenuTrigger>
      {children}
      <Popover className={cx(s.popover)} placement={placement} offset={4}>
        <AriaMenu className={cx(s.menu)} aria-label={label}>
          {entries.flatMap((entry) => [
            ...(entry.apart === true ? [<Separator key={`above ${entry.name}`} className={cx(s.line)} />] : []),
            <MenuItem key={entry.name} id={entry.name} className={cx(s.item, entry.danger === true && s.danger)} textValue={entry.name} onAction={entry.act}>
              {entry.icon !== undefined && <Icon name={entry.icon} />}
              {entry.name}
            </MenuItem>,
          ])}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
