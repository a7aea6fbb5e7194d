import { useCallback, useState } from "react";

import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import f from "../../components/Form.module.css";
import { Select } from "../../components/Pick";
import { ErrorText } from "../../components/State";
import type { Scope } from "../../ipc/bindings/Scope";
import { useLive, useReading } from "../../ipc/live";
import { CopyAs } from "./CopyAs";
import s from "./Try.module.css";
import { Verdict } from "./Verdict";
import { words } from "./words";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;
const NOTHING: Scope = { access: "limited", grants: [] };

interface Asked {
  method: string;
  url: string;
}

/** The answer for the form as it is now: it changes with what is picked. */
function Answer({ method, url, scope, onAdd }: Asked & { scope: Scope; onAdd: (grants: string[]) => void }) {
  const { ipc, count } = useLive();
  const reading = useReading(
    useCallback(() => ipc.tryScope({ scope, method, url }), [ipc, scope, method, url]),
    `${count.services}`,
  );
  return reading.error === undefined ? reading.value && <Verdict answer={reading.value} onAdd={onAdd} /> : <ErrorText error={reading.error} />;
}

/** Asks what would be decided for what the form gives; nothing is sent. */
export function TryRequest({ scope = NOTHING, service, onAdd }: { scope?: Scope | undefined; service: string; onAdd: (grants: string[]) => void }) {
  const [method, setMethod] = useState<(typeof METHODS)[number]>("GET");
  const [typed, setTyped] = useState<string>();
  const [asked, setAsked] = useState<Asked>();
  const url = typed ?? `/${service}/`;
  return (
    <form
      className={cx(f.part)}
      onSubmit={(event) => {
        event.preventDefault();
        setAsked({ method, url: url.trim() });
      }}
    >
      <div className={cx(s.fields)}>
        <Select label={words.method} choices={METHODS.map((name) => ({ id: name, name }))} value={method} onChange={setMethod} />
        <TextField label={words.url} value={url} onChange={setTyped} placeholder={words.urlHint(service)} mono />
        <Button type="submit" isDisabled={url.trim() === ""}>
          {words.tryIt}
        </Button>
      </div>
      <p className={cx(f.hint)}>{words.nothingSent}</p>
      <div role="status">{asked !== undefined && <Answer {...asked} scope={scope} onAdd={onAdd} />}</div>
      {asked !== undefined && (
        <div>
          <CopyAs method={asked.method} url={asked.url} />
        </div>
      )}
    </form>
  );
}
