import { useState } from "react";

import { Button } from "../components/Button";
import { cx } from "../components/cx";
import { Screen } from "../components/Screen";
import { Empty, ErrorText, Skeleton } from "../components/State";
import { useNow } from "../components/useNow";
import { useDesk } from "../frame/desk";
import type { ServiceRow } from "../ipc/bindings/ServiceRow";
import { useLive } from "../ipc/live";
import { say } from "../messages";
import { words as tokenWords } from "../tokens/words";
import { CredentialDialog } from "./CredentialDialog";
import { RemoveService } from "./RemoveService";
import { DeclareDialog } from "./rights/DeclareDialog";
import { ServiceCard } from "./ServiceCard";
import s from "./Services.module.css";
import { words } from "./words";

/** Every connected service. */
export function ServicesScreen() {
  const { services } = useLive();
  const desk = useDesk();
  const now = useNow();
  const [replacing, setReplacing] = useState<ServiceRow>();
  const [declaring, setDeclaring] = useState<ServiceRow>();
  const [removing, setRemoving] = useState<ServiceRow>();
  const rows = services.value;
  const body = () => {
    if (rows === undefined) {
      return services.error === undefined ? <Skeleton rows={3} /> : <Empty icon="warn" title={say.common.failed}><ErrorText error={services.error} /></Empty>;
    }
    if (rows.length === 0) {
      return (
        <Empty icon="service" title={words.empty} actions={<Button onPress={() => desk.connect("sandbox")}>{tokenWords.empty.sandbox}</Button>}>
          <p>{words.emptyWhy}</p>
        </Empty>
      );
    }
    return (
      <ul className={cx(s.cards)}>
        {rows.map((row) => (
          <ServiceCard key={row.name} row={row} now={now} onDeclare={() => setDeclaring(row)} onReplace={() => setReplacing(row)} onRemove={() => setRemoving(row)} />
        ))}
      </ul>
    );
  };
  return (
    <Screen
      title={words.title}
      count={rows === undefined ? undefined : words.total(rows.length)}
      tools={
        <Button look="primary" icon="plus" onPress={() => desk.connect("")}>
          {words.connect}
        </Button>
      }
    >
      <div className={cx(s.scroll)}>{body()}</div>
      {replacing !== undefined && <CredentialDialog row={replacing} onClose={() => setReplacing(undefined)} />}
      {declaring !== undefined && <DeclareDialog row={declaring} onClose={() => setDeclaring(undefined)} />}
      {removing !== undefined && <RemoveService row={removing} onClose={() => setRemoving(undefined)} />}
    </Screen>
  );
}
