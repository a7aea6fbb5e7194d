import { useState } from "react";

import { Button } from "../components/Button";
import { TextField } from "../components/Field";
import { ModalDialog } from "../components/Overlay";
import { ErrorText } from "../components/State";
import { useAction, useLive } from "../ipc/live";
import { say } from "../messages";
import { useDesk } from "./desk";
import { words } from "./words";

/** Asks for the passphrase of a vault file. */
export function UnlockDialog() {
  const { ipc } = useLive();
  const desk = useDesk();
  const action = useAction();
  const [passphrase, setPassphrase] = useState("");
  const submit = async () => {
    if (await action.run(async () => void (await ipc.unlock(passphrase)))) {
      desk.setUnlocking(false);
    }
  };
  return (
    <ModalDialog
      title={words.banner.unlockFile}
      onClose={() => desk.setUnlocking(false)}
      footer={
        <>
          <ErrorText error={action.error} />
          <Button onPress={() => desk.setUnlocking(false)}>{say.common.cancel}</Button>
          <Button look="primary" isDisabled={action.busy} onPress={submit}>
            {words.unlock}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField label={words.banner.passphrase} type="password" value={passphrase} onChange={setPassphrase} autoFocus />
      </form>
    </ModalDialog>
  );
}
