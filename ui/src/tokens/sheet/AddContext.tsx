import { useCallback, useState } from "react";

import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { Select } from "../../components/Pick";
import { ErrorText } from "../../components/State";
import { useLive, useReading } from "../../ipc/live";
import { ContextValue } from "./context/ContextValue";
import { words as contextWords } from "./context/words";
import s from "./Sheet.module.css";
import { words } from "./words";

interface Props {
  services: readonly string[];
  taken: ReadonlySet<string>;
  onAdd: (service: string, context: string) => void;
}

/** Service, then global or one thing in it: suggested by the service, or typed. */
export function AddContext({ services, taken, onAdd }: Props) {
  const { ipc } = useLive();
  const only = services.length === 1 ? services[0] : undefined;
  const [service, setService] = useState<string | undefined>(only);
  const [kind, setKind] = useState("global");
  const [value, setValue] = useState("");
  const reading = useReading(
    useCallback(() => ipc.permissions(service ?? ""), [ipc, service]),
    service,
  );
  const kinds = reading.value?.service === service ? (reading.value?.kinds ?? []) : [];
  const chosen = kinds.find((each) => each.name === kind);
  const context = chosen?.takes_value === true ? `${kind}=${value.trim()}` : kind;
  const spaced = /\s/.test(value.trim());
  const complete = service !== undefined && chosen !== undefined && (!chosen.takes_value || value.trim() !== "") && !spaced;
  const double = complete && taken.has(`${service}:${context}`);

  const add = () => {
    if (service !== undefined) {
      onAdd(service, context);
      setValue("");
    }
  };
  return (
    <div className={cx(s.addContext)} role="group" aria-label={words.addContext}>
      <div className={cx(s.addFields)}>
        <Select
          label={words.service}
          choices={services.map((name) => ({ id: name, name }))}
          value={service ?? null}
          onChange={(next) => {
            setService(next);
            setKind("global");
            setValue("");
          }}
        />
        {kinds.length > 0 && (
          <Select
            label={words.where}
            choices={kinds.map((each) => ({ id: each.name, name: each.name === "global" ? words.everywhere : each.title }))}
            value={kind}
            onChange={(next) => {
              setKind(next);
              setValue("");
            }}
          />
        )}
        {service !== undefined && chosen?.takes_value === true && <ContextValue key={`${service} ${kind}`} service={service} kind={kind} title={chosen.title} value={value} onChange={setValue} />}
        <Button isDisabled={!complete || double} onPress={add}>
          {words.addContext}
        </Button>
      </div>
      {chosen?.takes_value === true && <p className={cx(s.hint)}>{contextWords.lists(chosen.title)}</p>}
      {double && <p className={cx(s.hint)}>{words.contextTaken}</p>}
      {spaced && <p className={cx(s.hint)}>{words.contextInvalid}</p>}
      <ErrorText error={reading.error} />
    </div>
  );
}
