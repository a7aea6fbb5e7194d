import { Confirm } from "../components/Overlay";
import { useTell } from "../components/Toasts";
import { useDesk, type Ask } from "../frame/desk";
import { useAction, useLive } from "../ipc/live";
import { say } from "../messages";
import { useShowOnce } from "./CopyOnce";

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
    return <Confirm title={say.tokens.replaceTitle(token.name)} body={say.tokens.replaceBody} action={say.tokens.replace} danger={false} busy={action.busy} error={action.error} onConfirm={confirm} onCancel={close} />;
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
      tell(single === undefined ? say.tokens.revokedMany(tokens.length) : say.tokens.revoked(single.name));
    });
  return (
    <Confirm
      title={single === undefined ? say.tokens.revokeManyTitle(tokens.length) : say.tokens.revokeTitle(single.name)}
      body={single === undefined ? say.tokens.revokeManyBody(rest > 0 ? [...names, say.tokens.andMore(rest)] : names) : say.tokens.revokeBody}
      action={say.tokens.revoke}
      busy={action.busy}
      error={action.error}
      onConfirm={confirm}
      onCancel={close}
    />
  );
}
