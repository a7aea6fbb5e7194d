import { useState } from "react";

import { Button } from "../components/Button";
import { TextField } from "../components/Field";
import { ModalDialog } from "../components/Overlay";
import { ErrorText } from "../components/State";
import { useTell } from "../components/Toasts";
import type { ServiceRow } from "../ipc/bindings/ServiceRow";
import { useAction, useLive } from "../ipc/live";
import { say } from "../messages";
import { words } from "./words";

/** Takes a new master credential; what was typed is never shown again. */
export function CredentialDialog({ row, onClose }: { row: ServiceRow; onClose: () => void }) {
  const { ipc } = useLive();
  const tell = useTell();
  const action = useAction();
  const [credential, setCredential] = useState("");
  const submit = () =>
    void action.run(async () => {
      await ipc.replaceCredential(row.name, credential);
      onClose();
      tell(words.replaced(row.name));
    });
  return (
    <ModalDialog
      title={words.replaceTitle(row.name)}
      onClose={onClose}
      footer={
        <>
          <ErrorText error={action.error} />
          <Button onPress={onClose}>{say.common.cancel}</Button>
          <Button look="primary" isDisabled={action.busy || credential === ""} onPress={submit}>
            {words.replace}
          </Button>
        </>
      }
    >
      <p>{words.replaceBody}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (credential !== "" && !action.busy) {
            submit();
          }
        }}
      >
        <TextField label={words.newCredential} type="password" value={credential} onChange={setCredential} hint={words.masterHint} autoFocus autoComplete="new-password" />
      </form>
    </ModalDialog>
  );
}
