import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps, Tooltip, TooltipTrigger } from "react-aria-components";

import s from "./Button.module.css";
import { cx } from "./cx";
import { Icon, type IconName } from "./Icon";

type Look = "plain" | "primary" | "quiet" | "danger" | "dangerQuiet";

interface Props extends Omit<ButtonProps, "className" | "children" | "style"> {
  look?: Look;
  icon?: IconName;
  small?: boolean;
  children: ReactNode;
}

/** A button with words. */
export function Button({ look = "plain", icon, small = false, children, ...rest }: Props) {
  return (
    <AriaButton {...rest} className={cx(s.button, s[look], small && s.small)}>
      {icon !== undefined && <Icon name={icon} size={small ? 14 : 16} />}
      {children}
    </AriaButton>
  );
}

interface IconProps extends Omit<ButtonProps, "className" | "children" | "style" | "aria-label"> {
  icon: IconName;
  /** What it does, for everyone: the accessible name and the tooltip. */
  label: string;
}

/** A button without words. */
export function IconButton({ icon, label, ...rest }: IconProps) {
  return (
    <TooltipTrigger delay={600} closeDelay={0}>
      <AriaButton {...rest} aria-label={label} className={cx(s.button, s.quiet, s.icon)}>
        <Icon name={icon} />
      </AriaButton>
      <Tooltip className={cx(s.tooltip)} offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}
