import { useTell } from "../components/Toasts";
import { asWireError } from "../ipc/ipc";
import { useLive } from "../ipc/live";
import { useDesk } from "./desk";

/** Locks and unlocks; a vault file asks for its passphrase, a keychain asks by itself. */
export function useVault() {
  const { ipc, status } = useLive();
  const desk = useDesk();
  const tell = useTell();
  const vault = status.value?.vault;
  const attempt = (work: Promise<unknown>) => {
    work.catch((thrown: unknown) => tell(asWireError(thrown).message));
  };
  return {
    locked: vault?.locked ?? false,
    lock: () => attempt(ipc.lock()),
    unlock: () => (vault?.kind === "file" ? desk.setUnlocking(true) : attempt(ipc.unlock())),
  };
}
