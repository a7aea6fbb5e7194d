import { useState } from "react";
import { Label, RadioGroup } from "react-aria-components";

import { Button } from "../../components/Button";
import { RadioCard } from "../../components/Check";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import { ModalDialog } from "../../components/Overlay";
import { ErrorText } from "../../components/State";
import { useTell } from "../../components/Toasts";
import type { DeclaredRights } from "../../ipc/bindings/DeclaredRights";
import type { ServiceRow } from "../../ipc/bindings/ServiceRow";
import { useAction, useLive } from "../../ipc/live";
import { say } from "../../messages";
import s from "./Rights.module.css";
import { words } from "./words";

type Kind = DeclaredRights["rights"];

const KINDS: readonly Kind[] = ["all", "read_only", "only"];

/** Takes the owner's word for what they may do in a service that does not say it. */
export function DeclareDialog({ row, onClose }: { row: ServiceRow; onClose: () => void }) {
  const { ipc } = useLive();
  const tell = useTell();
  const action = useAction();
  const [kind, setKind] = useState<Kind>("read_only");
  const [text, setText] = useState("");
  const list = text.split(/\s+/).filter((right) => right !== "");
  const declared: DeclaredRights = kind === "only" ? { rights: "only", list } : { rights: kind };
  const submit = () =>
    void action.run(async () => {
      await ipc.declareRights(row.name, declared);
      onClose();
      tell(words.declared(row.name));
    });
  return (
    <ModalDialog
      title={words.title(row.name)}
      onClose={onClose}
      footer={
        <>
          <ErrorText error={action.error} />
          <Button onPress={onClose}>{say.common.cancel}</Button>
          <Button look="primary" isDisabled={action.busy || (kind === "only" && list.length === 0)} onPress={submit}>
            {words.declare}
          </Button>
        </>
      }
    >
      <p>{words.why}</p>
      <RadioGroup className={cx(s.kinds)} value={kind} onChange={(value) => setKind(KINDS.find((each) => each === value) ?? "read_only")}>
        <Label className={cx(s.label)}>{words.question}</Label>
        {KINDS.map((each) => (
          <RadioCard key={each} value={each} {...words.kinds[each]} />
        ))}
      </RadioGroup>
      {kind === "only" && <TextField label={words.list} value={text} onChange={setText} lines={5} mono hint={words.listHint} />}
    </ModalDialog>
  );
}
