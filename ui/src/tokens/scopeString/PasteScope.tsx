import { useState } from "react";

import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import { Select } from "../../components/Pick";
import { ErrorText } from "../../components/State";
import { useAction, useLive } from "../../ipc/live";
import s from "../sheet/Sheet.module.css";
import { words as sheetWords } from "../sheet/words";
import { words } from "./words";

/** A scope string from elsewhere, which becomes grants of the form. */
export function PasteScope({ services, onAdd }: { services: readonly string[]; onAdd: (grants: string[]) => void }) {
  const { ipc } = useLive();
  const action = useAction();
  const [service, setService] = useState(services[0] ?? "");
  const [text, setText] = useState("");
  const [added, setAdded] = useState<number>();
  const add = () =>
    void action.run(async () => {
      const grants = await ipc.readScopeString(service, text.trim());
      onAdd(grants);
      setText("");
      setAdded(grants.length);
    });
  return (
    <div className={cx(s.addContext)} role="group" aria-label={words.title}>
      {services.length > 1 && <Select label={sheetWords.service} choices={services.map((name) => ({ id: name, name }))} value={service} onChange={setService} />}
      <TextField
        label={words.label(service)}
        value={text}
        mono
        lines={2}
        hint={added === undefined ? words.hint : words.added(added)}
        onChange={(next) => {
          setText(next);
          setAdded(undefined);
        }}
      />
      <div>
        <Button isDisabled={text.trim() === "" || action.busy} onPress={add}>
          {words.add}
        </Button>
      </div>
      <ErrorText error={action.error} />
    </div>
  );
}
