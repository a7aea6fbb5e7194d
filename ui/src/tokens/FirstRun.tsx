import { Button } from "../components/Button";
import { Empty } from "../components/State";
import { useDesk } from "../frame/desk";
import { useLive } from "../ipc/live";
import { words } from "./words";

/** The list before its first token: what this is for, and the next step. */
export function FirstRun() {
  const { services } = useLive();
  const desk = useDesk();
  const connected = (services.value?.length ?? 0) > 0;
  return (
    <Empty
      icon="key"
      title={words.empty.title}
      actions={
        connected ? (
          <Button look="primary" icon="plus" onPress={() => desk.openSheet({ of: "new" })}>
            {words.create}
          </Button>
        ) : (
          <>
            <Button look="primary" icon="service" onPress={() => desk.connect("")}>
              {words.empty.connect}
            </Button>
            <Button onPress={() => desk.connect("sandbox")}>{words.empty.sandbox}</Button>
          </>
        )
      }
    >
      <p>{words.empty.purpose}</p>
      <p>{connected ? words.empty.ready : words.empty.sandboxWhy}</p>
    </Empty>
  );
}
