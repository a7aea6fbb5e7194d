import { useCallback, useState } from "react";

import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import f from "../../components/Form.module.css";
import { Select } from "../../components/Pick";
import { ErrorText } from "../../components/State";
import type { Scope } from "../../ipc/bindings/Scope";
import type { Trial } from "../../ipc/bindings/Trial";
import { useLive, useReading } from "../../ipc/live";
import { CopyAs } from "./CopyAs";
import s from "./Try.module.css";
import { Verdict } from "./Verdict";
import { words } from "./words";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] as const;
const NOTHING: Scope = { access: "limited", grants: [] };

/** The form's own answer, and again whenever what it gives changes. */
function useAnswer(scope: Scope, asked: Omit<Trial, "scope"> | undefined) {
  const { ipc, count } = useLive();
  const ask = useCallback(async () => asked && ipc.tryScope({ ...asked, scope }), [ipc, asked, scope]);
  return useReading(ask, `${count.services}`);
}

/** Asks what would be decided for what the form gives; nothing is sent. */
export function TryRequest({ scope = NOTHING, service, onAdd }: { scope?: Scope | undefined; service: string; onAdd: (grants: string[]) => void }) {
  const [method, setMethod] = useState<(typeof METHODS)[number]>("GET");
  const [typed, setTyped] = useState<string>();
  const [body, setBody] = useState("");
  const [asked, setAsked] = useState<Omit<Trial, "scope">>();
  const answer = useAnswer(scope, asked);
  const depends = asked?.body !== undefined || answer.value?.body !== undefined;
  const url = typed ?? `/${service}/`;
  return (
    <form
      className={cx(f.part)}
      onSubmit={(event) => {
        event.preventDefault();
        setAsked({ method, url: url.trim(), ...(depends && body.trim() !== "" ? { body: { content_type: "application/json", text: body } } : {}) });
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
      {depends && <TextField label={words.body} optional value={body} onChange={setBody} lines={3} mono hint={words.bodyHint} />}
      <div role="status">{answer.value !== undefined && answer.error === undefined && <Verdict answer={answer.value} onAdd={onAdd} />}</div>
      {answer.error !== undefined && <ErrorText error={answer.error} />}
      {asked !== undefined && (
        <div>
          <CopyAs method={asked.method} url={asked.url} />
        </div>
      )}
    </form>
  );
}
