import { Switch } from "../components/Check";
import { cx } from "../components/cx";
import { Fact, Facts } from "../components/Facts";
import { ErrorText } from "../components/State";
import type { LocalTls } from "../ipc/bindings/LocalTls";
import { useAction, useLive } from "../ipc/live";
import s from "./Settings.module.css";
import { words } from "./words";

/** HTTPS on the gateway's port: on or off, and what a client must be given so that it trusts it. */
export function Https({ on, https }: { on: boolean; https: LocalTls }) {
  const { ipc } = useLive();
  const action = useAction();
  return (
    <div>
      <Switch checked={on} onChange={(next) => void action.run(async () => void (await ipc.changeSettings({ https: next })))}>
        {words.https}
      </Switch>
      <p className={cx(s.hint)}>{words.httpsHint}</p>
      {https.state === "unavailable" && <p className={cx(s.bad)}>{https.problem ?? words.httpsNotYet}</p>}
      {https.state === "ready" && (
        <Facts look={s.facts}>
          <Fact name={words.certificate}>
            <code>{https.certificate}</code>
          </Fact>
          {words.trust.map(([client, setting]) => (
            <Fact key={client} name={client}>
              <code>{setting}</code>
            </Fact>
          ))}
        </Facts>
      )}
      <ErrorText error={action.error} />
    </div>
  );
}
