import type { ReactNode } from "react";

import { Button } from "../components/Button";
import { cx } from "../components/cx";
import { Icon, type IconName } from "../components/Icon";
import { ErrorText } from "../components/State";
import { useAction, useLive } from "../ipc/live";
import { say } from "../messages";
import s from "./Banners.module.css";
import { useDesk } from "./desk";
import { words } from "./words";

function Banner({ tone, icon, children, actions }: { tone: "warn" | "bad"; icon: IconName; children: ReactNode; actions?: ReactNode }) {
  return (
    <div className={cx(s.banner, s[tone])}>
      <Icon name={icon} />
      <div className={cx(s.text)}>{children}</div>
      {actions}
    </div>
  );
}

/** What keeps the gateway from doing its work, each with the way out. */
export function Banners() {
  const { ipc, status } = useLive();
  const desk = useDesk();
  const action = useAction();
  const now = status.value;
  const run = (work: () => Promise<unknown>) => void action.run(async () => void (await work()));
  const busy = action.busy;
  return (
    <div role="status" className={cx(s.banners)}>
      {status.error !== undefined && (
        <Banner tone="bad" icon="warn">
          {words.banner.unread} {status.error.message}
        </Banner>
      )}
      {now?.vault.locked === true && (
        <Banner
          tone="warn"
          icon="lock"
          actions={
            <Button small isDisabled={busy} onPress={() => (now.vault.kind === "file" ? desk.setUnlocking(true) : run(() => ipc.unlock()))}>
              {words.unlock}
            </Button>
          }
        >
          <strong>{words.banner.locked}</strong> {now.vault.problem}
        </Banner>
      )}
      {now?.vault.locked === false && now.vault.problem !== null && (
        <Banner tone="warn" icon="warn" actions={<Button small isDisabled={busy} onPress={() => run(() => ipc.unlock())}>{say.common.retry}</Button>}>
          {now.vault.problem}
        </Banner>
      )}
      {now?.gateway.state === "port_taken" && (
        <Banner
          tone="bad"
          icon="warn"
          actions={
            <>
              <Button small onPress={() => desk.go("settings")}>
                {words.banner.changePort}
              </Button>
              <Button small isDisabled={busy} onPress={() => run(async () => ipc.changeSettings({ port: (await ipc.settings()).port }))}>
                {say.common.retry}
              </Button>
            </>
          }
        >
          <strong>{words.banner.portTaken}</strong> {now.gateway.problem}
        </Banner>
      )}
      {now?.gateway.state === "stopped" && (
        <Banner tone="bad" icon="warn">
          <strong>{words.banner.stopped}</strong> {now.gateway.problem}
        </Banner>
      )}
      {now?.gateway.state === "paused" && (
        <Banner
          tone="warn"
          icon="pause"
          actions={
            <Button small isDisabled={busy} onPress={() => run(() => ipc.resume())}>
              {words.banner.resume}
            </Button>
          }
        >
          {now.gateway.paused_until === null ? words.banner.paused : words.banner.pausedUntil(now.gateway.paused_until)}
        </Banner>
      )}
      {now !== undefined && now.unsaved > 0 && (
        <Banner tone="bad" icon="warn">
          {words.banner.unsaved(now.unsaved)}
        </Banner>
      )}
      {action.error !== undefined && (
        <div className={cx(s.error)}>
          <ErrorText error={action.error} />
        </div>
      )}
    </div>
  );
}
