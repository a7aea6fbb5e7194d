import { useState } from "react";

import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import { Select } from "../../components/Pick";
import { ErrorText, Mark } from "../../components/State";
import type { Explanation } from "../../ipc/bindings/Explanation";
import { useAction, useLive } from "../../ipc/live";
import { Because } from "../try/Because";
import { CopyAs } from "../try/CopyAs";
import { words as tryWords } from "../try/words";
import s from "./Sheet.module.css";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;

/** A decision in words: by which grants, or for want of which. */
export function Verdict({ answer, onAdd }: { answer: Explanation; onAdd?: (grants: string[]) => void }) {
  const permit = answer.decision === "permit";
  return (
    <div className={cx(s.verdict)}>
      <Mark tone={permit ? "good" : "bad"}>
        <strong>{permit ? tryWords.allowed : tryWords.refused}</strong>
      </Mark>
      <p>{answer.reason}</p>
      {answer.operation !== undefined && <code>{answer.operation}</code>}
      <Because answer={answer} />
      {answer.grants?.map((grant) => (
        <p key={grant}>
          {tryWords.allowedBy} <code>{grant}</code>
        </p>
      ))}
      {answer.missing?.map((grants, index) => (
        <div key={grants.join(" ")} className={cx(s.missing)}>
          <p>
            {index === 0 ? tryWords.missing : tryWords.or} <code>{grants.join(" + ")}</code>
          </p>
          {onAdd !== undefined && (
            <Button small onPress={() => onAdd(grants)}>
              {tryWords.addMissing}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}

/** Asks what would be decided; nothing is sent. */
export function TryRequest({ token, service, onAdd }: { token: string; service: string; onAdd: (grants: string[]) => void }) {
  const { ipc } = useLive();
  const action = useAction();
  const [method, setMethod] = useState<(typeof METHODS)[number]>("GET");
  const [url, setUrl] = useState(`/${service}/`);
  const [answer, setAnswer] = useState<Explanation>();
  const ask = () =>
    void action.run(async () => {
      setAnswer(undefined);
      setAnswer(await ipc.explain({ token, method, url: url.trim() }));
    });
  return (
    <form
      className={cx(s.try)}
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <div className={cx(s.tryFields)}>
        <Select label={tryWords.method} choices={METHODS.map((name) => ({ id: name, name }))} value={method} onChange={setMethod} />
        <TextField label={tryWords.url} value={url} onChange={setUrl} placeholder={tryWords.urlHint(service)} mono />
        <Button type="submit" isDisabled={action.busy || url.trim() === ""}>
          {tryWords.tryIt}
        </Button>
      </div>
      <p className={cx(s.hint)}>{tryWords.trySaved}</p>
      {url.trim() !== "" && (
        <div>
          <CopyAs method={method} url={url.trim()} />
        </div>
      )}
      <div role="status">{answer !== undefined && <Verdict answer={answer} onAdd={onAdd} />}</div>
      <ErrorText error={action.error} />
    </form>
  );
}
