import { useCallback, useState, type ReactNode } from "react";

import { Button } from "../components/Button";
import { Switch } from "../components/Check";
import { cx } from "../components/cx";
import { Fact, Facts } from "../components/Facts";
import { TextField } from "../components/Field";
import { Screen } from "../components/Screen";
import { Empty, ErrorText, Mark, Skeleton } from "../components/State";
import { useTell } from "../components/Toasts";
import { useVault } from "../frame/useVault";
import { words as frameWords } from "../frame/words";
import type { Settings } from "../ipc/bindings/Settings";
import type { SettingsChange } from "../ipc/bindings/SettingsChange";
import type { Status } from "../ipc/bindings/Status";
import { useAction, useLive, useReading } from "../ipc/live";
import { say } from "../messages";
import { Https } from "./Https";
import s from "./Settings.module.css";
import { words } from "./words";

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className={cx(s.part)} aria-label={name}>
      <h2 className={cx(s.partName)}>{name}</h2>
      <div className={cx(s.body)}>{children}</div>
    </section>
  );
}

interface OneProps {
  label: string;
  hint: string;
  value: string;
  /** What would be changed, or why it can't be. */
  parse: (text: string) => SettingsChange | string;
}

/** One setting that is typed, saved by its own button, kept as typed when that fails. */
function OneSetting({ label, hint, value, parse }: OneProps) {
  const { ipc } = useLive();
  const tell = useTell();
  const action = useAction();
  const [text, setText] = useState(value);
  const parsed = parse(text.trim());
  const changed = text.trim() !== value;
  const problem = typeof parsed === "string" ? parsed : undefined;
  const save = () => {
    if (typeof parsed !== "string" && changed && !action.busy) {
      void action.run(async () => {
        await ipc.changeSettings(parsed);
        tell(words.saved);
      });
    }
  };
  return (
    <form
      className={cx(s.one)}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField label={label} value={text} onChange={setText} hint={hint} error={changed ? problem : undefined} />
      {(changed || action.busy) && (
        <Button look="primary" isDisabled={problem !== undefined || action.busy} onPress={save}>
          {words.save}
        </Button>
      )}
      <ErrorText error={action.error} />
    </form>
  );
}

const portOf = (text: string) => (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? { port: Number(text) } : words.why.port);
const daysOf = (text: string) => (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 3650 ? { activity_days: Number(text) } : words.why.days);
const nameOf = (text: string) => ({ owner_name: text });

function Gateway({ settings, status }: { settings: Settings; status: Status }) {
  const { ipc } = useLive();
  const action = useAction();
  const { gateway } = status;
  return (
    <Part name={words.gateway}>
      <OneSetting key={settings.port} label={words.port} hint={words.portHint} value={String(settings.port)} parse={portOf} />
      {gateway.problem !== null && (
        <div className={cx(s.problem)}>
          <p>{gateway.problem}</p>
          <Button small isDisabled={action.busy} onPress={() => void action.run(async () => void (await ipc.changeSettings({ port: settings.port })))}>
            {say.common.retry}
          </Button>
        </div>
      )}
      <div>
        <Switch checked={settings.ipv6} onChange={(ipv6) => void action.run(async () => void (await ipc.changeSettings({ ipv6 })))}>
          {words.ipv6}
        </Switch>
        <p className={cx(s.hint)}>{words.ipv6Hint}</p>
        <ErrorText error={action.error} />
      </div>
      <Https on={settings.https} https={gateway.https} />
      <Facts look={s.facts}>
        <Fact name={words.address}>{gateway.address === null ? words.notListening : <code>{gateway.address}</code>}</Fact>
        <Fact name={words.socket}>{gateway.socket === null ? words.noSocket : <code>{gateway.socket}</code>}</Fact>
      </Facts>
    </Part>
  );
}

function Vault({ status }: { status: Status }) {
  const vault = useVault();
  return (
    <Part name={words.vault}>
      <p>{words.vaultKind[status.vault.kind]}</p>
      <div className={cx(s.row)}>
        <Mark tone={vault.locked ? "warn" : "good"}>{vault.locked ? words.vaultLocked : words.vaultUnlocked}</Mark>
        <Button onPress={vault.locked ? vault.unlock : vault.lock}>{vault.locked ? frameWords.unlock : frameWords.lock}</Button>
      </div>
      {status.vault.problem !== null && <p className={cx(s.bad)}>{status.vault.problem}</p>}
    </Part>
  );
}

/** The few things that can be set, and where everything is. */
export function SettingsScreen() {
  const { ipc, status, count } = useLive();
  const reading = useReading(useCallback(() => ipc.settings(), [ipc]), String(count.status));
  const settings = reading.value;
  const now = status.value;
  if (settings === undefined || now === undefined) {
    return (
      <Screen title={words.title}>
        {reading.error === undefined ? <Skeleton rows={4} /> : <Empty icon="warn" title={say.common.failed}><ErrorText error={reading.error} /></Empty>}
      </Screen>
    );
  }
  return (
    <Screen title={words.title}>
      <div className={cx(s.scroll)}>
        <div className={cx(s.column)}>
          <Gateway settings={settings} status={now} />
          <Part name={words.owner}>
            <OneSetting key={settings.owner_name ?? ""} label={words.ownerName} hint={words.ownerHint} value={settings.owner_name ?? ""} parse={nameOf} />
          </Part>
          <Part name={words.activity}>
            <OneSetting key={settings.activity_days} label={words.days} hint={words.daysHint} value={String(settings.activity_days)} parse={daysOf} />
          </Part>
          <Vault status={now} />
          <Part name={words.about}>
            <Facts look={s.facts}>
              <Fact name={say.app}>{now.version}</Fact>
              <Fact name={words.profile}>
                <code>{now.profile}</code>
              </Fact>
            </Facts>
            <div>
              <h3 className={cx(s.subName)}>{words.notDefended}</h3>
              <ul className={cx(s.list)}>
                {words.notDefendedList.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </div>
          </Part>
        </div>
      </div>
    </Screen>
  );
}
