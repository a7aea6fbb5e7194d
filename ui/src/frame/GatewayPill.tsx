import { Button as AriaButton } from "react-aria-components";

import { cx } from "../components/cx";
import { Menu } from "../components/Menu";
import { useTell } from "../components/Toasts";
import type { Gateway } from "../ipc/bindings/Gateway";
import { asWireError } from "../ipc/ipc";
import { useLive } from "../ipc/live";
import { useDesk } from "./desk";
import s from "./Rail.module.css";
import { useVault } from "./useVault";
import { words } from "./words";

const MINUTE = 60_000;

function wordsOf(gateway: Gateway): string {
  switch (gateway.state) {
    case "listening":
      return words.listening(gateway.address ?? "");
    case "paused":
      return gateway.paused_until === null ? words.paused : words.pausedUntil(gateway.paused_until);
    case "locked":
      return words.locked;
    case "port_taken":
      return words.portTaken;
    case "stopped":
      return words.stopped;
  }
}

/** What the gateway does; a click pauses, resumes or unlocks it. */
export function GatewayPill() {
  const { ipc, status } = useLive();
  const desk = useDesk();
  const vault = useVault();
  const tell = useTell();
  const gateway = status.value?.gateway;
  if (gateway === undefined) {
    return <div className={cx(s.pill)}>{words.starting}</div>;
  }
  const attempt = (work: Promise<unknown>) => {
    work.catch((thrown: unknown) => tell(asWireError(thrown).message));
  };
  const act = { listening: undefined, paused: () => attempt(ipc.resume()), locked: vault.unlock, port_taken: () => desk.go("settings"), stopped: () => desk.go("settings") }[gateway.state];
  const pill = (
    <AriaButton className={cx(s.pill)} {...(act === undefined ? {} : { onPress: act })}>
      <span className={cx(s.lamp, s[`lamp_${gateway.state}`])} aria-hidden="true" />
      <span className={cx(s.pillText)}>
        <span className={cx(s.pillState)}>{wordsOf(gateway)}</span>
        <span className={cx(s.pillHint)}>{words.hint[gateway.state]}</span>
      </span>
    </AriaButton>
  );
  if (act !== undefined) {
    return pill;
  }
  return (
    <Menu
      label={words.pauseMenu}
      placement="top start"
      entries={[
        { name: words.pauseFive, icon: "pause", act: () => attempt(ipc.pause(5 * MINUTE)) },
        { name: words.pauseHour, icon: "pause", act: () => attempt(ipc.pause(60 * MINUTE)) },
        { name: words.pauseOpen, icon: "pause", act: () => attempt(ipc.pause()) },
      ]}
    >
      {pill}
    </Menu>
  );
}
