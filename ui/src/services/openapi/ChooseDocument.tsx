import { useState } from "react";

import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import f from "../../components/Form.module.css";
import { Select } from "../../components/Pick";
import { ErrorText } from "../../components/State";
import type { ImportBasis } from "../../ipc/bindings/ImportBasis";
import type { ImportedApi } from "../../ipc/bindings/ImportedApi";
import { useAction, useLive } from "../../ipc/live";
import { type Draft, draftOf } from "./definition";
import s from "./OpenApi.module.css";
import { words } from "./words";

const BASES = [
  { id: "scopes", ...words.bases.scopes },
  { id: "tags", ...words.bases.tags },
] as const;

/** Where the document comes from: a file, a URL, or the clipboard. */
export function ChooseDocument({ basis, onBasis, onDraft }: { basis: ImportBasis; onBasis: (basis: ImportBasis) => void; onDraft: (draft: Draft) => void }) {
  const { ipc } = useLive();
  const action = useAction();
  const [url, setUrl] = useState("");
  const [text, setText] = useState("");
  const take = (read: () => Promise<ImportedApi | null>) =>
    void action.run(async () => {
      const imported = await read();
      if (imported !== null) {
        onDraft(draftOf(imported));
      }
    });
  return (
    <section className={cx(f.part)} aria-label={words.document}>
      <Select label={words.basis} choices={BASES} value={basis} onChange={onBasis} />
      <div className={cx(f.row)}>
        <Button look="primary" isDisabled={action.busy} onPress={() => take(() => ipc.chooseApiDocument({ basis }))}>
          {words.choose}
        </Button>
        <span className={cx(f.hint)}>{words.chooseHint}</span>
      </div>
      <div className={cx(s.beside)}>
        <TextField label={words.url} type="url" value={url} onChange={setUrl} hint={words.fetchHint} placeholder="https://" mono />
        <Button isDisabled={action.busy || url.trim() === ""} onPress={() => take(() => ipc.fetchApiDocument(url.trim(), { basis }))}>
          {words.fetch}
        </Button>
      </div>
      <div className={cx(s.beside)}>
        <TextField label={words.paste} value={text} onChange={setText} lines={3} mono />
        <Button isDisabled={action.busy || text.trim() === ""} onPress={() => take(() => ipc.readApiDocument(text, { basis }))}>
          {words.read}
        </Button>
      </div>
      <ErrorText error={action.error} />
    </section>
  );
}
