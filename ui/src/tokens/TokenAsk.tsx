import { Confirm } from "../components/Overlay";
import { useTell } from "../components/Toasts";
import { useDesk, type Ask } from "../frame/desk";
import { useAction, useLive } from "../ipc/live";
import { useShowOnce } from "./CopyOnce";
import { words } from "./words";

const NAMED = 5;

/** Asks before a token is revoked or its secret replaced. Nothing is done until the answer. */
export function TokenAsk({ ask }: { ask: Ask }) {
  const { ipc } = useLive();
  const desk = useDesk();
  const tell = useTell();
  const showOnce = useShowOnce();
  const action = useAction();
  const close = () => desk.openAsk(undefined);

  if (ask.of === "replace") {
    const { token } = ask;
    const confirm = () =>
      action.run(async () => {
        const secret = await ipc.replaceToken(token.id);
        close();
        desk.openSheet(undefined);
        showOnce(secret);
      });
    return <Confirm title={words.replaceTitle(token.name)} body={words.replaceBody} action={words.replace} danger={false} busy={action.busy} error={action.error} onConfirm={confirm} onCancel={close} />;
  }

  const { tokens } = ask;
  const [only] = tokens;
  const single = tokens.length === 1 ? only : undefined;
  const names = tokens.slice(0, NAMED).map((token) => token.name);
  const rest = tokens.length - names.length;
  const confirm = () =>
    action.run(async () => {
      await ipc.revokeTokens(tokens.map((token) => token.id));
      close();
      desk.openSheet(undefined);
      desk.openToken(undefined);
      tell(single === undefined ? words.revokedMany(tokens.length) : words.revoked(single.name));
    });
  return (
    <Confirm
      title={single === undefined ? words.revokeManyTitle(tokens.length) : words.revokeTitle(single.name)}
      body={single === undefined ? words.revokeManyBody(rest > 0 ? [...names, words.andMore(rest)] : names) : words.revokeBody}
      action={words.revoke}
      busy={action.busy}
      error={action.error}
      onConfirm={confirm}
      onCancel={close}
    />
  );
}
