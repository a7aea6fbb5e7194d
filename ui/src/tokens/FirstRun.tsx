import { Button } from "../components/Button";
import { Empty } from "../components/State";
import { useDesk } from "../frame/desk";
import { useLive } from "../ipc/live";
import { say } from "../messages";

/** The list before its first token: what this is for, and the next step. */
export function FirstRun() {
  const { services } = useLive();
  const desk = useDesk();
  const connected = (services.value?.length ?? 0) > 0;
  return (
    <Empty
      icon="key"
      title={say.tokens.empty.title}
      actions={
        connected ? (
          <Button look="primary" icon="plus" onPress={() => desk.openSheet({ of: "new" })}>
            {say.tokens.create}
          </Button>
        ) : (
          <>
            <Button look="primary" icon="service" onPress={() => desk.connect("")}>
              {say.tokens.empty.connect}
            </Button>
            <Button onPress={() => desk.connect("sandbox")}>{say.tokens.empty.sandbox}</Button>
          </>
        )
      }
    >
      <p>{say.tokens.empty.purpose}</p>
      <p>{connected ? say.tokens.empty.ready : say.tokens.empty.sandboxWhy}</p>
    </Empty>
  );
}
