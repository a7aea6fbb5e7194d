import { useState } from "react";

import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import type { ImportBasis } from "../../ipc/bindings/ImportBasis";
import { ChooseDocument } from "./ChooseDocument";
import { ContextPicks } from "./ContextPicks";
import type { Draft } from "./definition";
import s from "./OpenApi.module.css";
import { PermissionEditor } from "./PermissionEditor";
import { Preview } from "./Preview";
import { words } from "./words";

/** A document is chosen, looked at and edited, before anything is connected with it. */
export function OpenApiPart({ draft, onDraft }: { draft: Draft | undefined; onDraft: (draft: Draft | undefined) => void }) {
  const [basis, setBasis] = useState<ImportBasis>("scopes");
  if (draft === undefined) {
    return <ChooseDocument basis={basis} onBasis={setBasis} onDraft={onDraft} />;
  }
  return (
    <div className={cx(s.draft)}>
      <Preview imported={draft.imported} />
      <div>
        <Button small onPress={() => onDraft(undefined)}>
          {words.other}
        </Button>
      </div>
      <ContextPicks draft={draft} onDraft={onDraft} />
      <PermissionEditor draft={draft} onDraft={onDraft} />
    </div>
  );
}
