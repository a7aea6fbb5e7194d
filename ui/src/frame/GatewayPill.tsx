import { Button as AriaButton } from "react-aria-components";

import { cx } from "../components/cx";
import { Menu } from "../components/Menu";
import { useTell } from "../components/Toasts";
import type { Gateway } from "../ipc/bindings/Gateway";
import { asWireError } from "../ipc/ipc";
import { useLive } from "../ipc/live";
import { say } from "../messages";
import { useDesk } from "./desk";
import s from "./Rail.module.css";
import { useVault } from "./useVault";

const MINUTE = 60_000;

function wordsOf(gateway: Gateway): string {
  switch (gateway.state) {
    case "listening":
      return say.frame.listening(gateway.address ?? "");
    case "paused":
      return gateway.paused_until === null ? say.frame.paused : say.frame.pausedUntil(gateway.paused_until);
    case "locked":
      return say.frame.locked;
    case "port_taken":
      return say.frame.portTaken;
    case "stopped":
      return say.frame.stopped;
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
    return <div className={cx(s.pill)}>{say.frame.starting}</div>;
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
        <span className={cx(s.pillHint)}>{say.frame.hint[gateway.state]}</span>
      </span>
    </AriaButton>
  );
  if (act !== undefined) {
    return pill;
  }
  return (
    <Menu
      label={say.frame.pauseMenu}
      placement="top start"
      entries={[
        { name: say.frame.pauseFive, icon: "pause", act: () => attempt(ipc.pause(5 * MINUTE)) },
        { name: say.frame.pauseHour, icon: "pause", act: () => attempt(ipc.pause(60 * MINUTE)) },
        { name: say.frame.pauseOpen, icon: "pause", act: () => attempt(ipc.pause()) },
      ]}
    >
      {pill}
    </Menu>
  );
}
