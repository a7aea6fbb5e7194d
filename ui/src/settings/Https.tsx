import { Switch } from "../components/Check";
import { cx } from "../components/cx";
import { Fact, Facts } from "../components/Facts";
import { ErrorText } from "../components/State";
import type { LocalTls } from "../ipc/bindings/LocalTls";
import { useAction, useLive } from "../ipc/live";
import { say } from "../messages";
import s from "./Settings.module.css";

/** HTTPS on the gateway's port: on or off, and what a client must be given so that it trusts it. */
export function Https({ on, https }: { on: boolean; https: LocalTls }) {
  const { ipc } = useLive();
  const action = useAction();
  return (
    <div>
      <Switch checked={on} onChange={(next) => void action.run(async () => void (await ipc.changeSettings({ https: next })))}>
        {say.settings.https}
      </Switch>
      <p className={cx(s.hint)}>{say.settings.httpsHint}</p>
      {https.state === "unavailable" && <p className={cx(s.bad)}>{https.problem ?? say.settings.httpsNotYet}</p>}
      {https.state === "ready" && (
        <Facts look={s.facts}>
          <Fact name={say.settings.certificate}>
            <code>{https.certificate}</code>
          </Fact>
          {say.settings.trust.map(([client, setting]) => (
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
