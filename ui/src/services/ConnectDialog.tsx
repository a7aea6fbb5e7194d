import { useState } from "react";
import { FileTrigger, Label, ListBox, ListBoxItem } from "react-aria-components";

import { Button } from "../components/Button";
import { cx } from "../components/cx";
import { SearchField, TextField } from "../components/Field";
import f from "../components/Form.module.css";
import { Sheet } from "../components/Overlay";
import { Select } from "../components/Pick";
import { ErrorText } from "../components/State";
import { useTell } from "../components/Toasts";
import { useDesk } from "../frame/desk";
import { useAction, useLive } from "../ipc/live";
import { say } from "../messages";
import s from "./Connect.module.css";
import { connectionProblem, freeName, needsDetail, newService, type Connection, type FormChoice } from "./connection";
import { type Draft, documentOf, draftProblem, kindOf } from "./openapi/definition";
import { OpenApiPart } from "./openapi/OpenApiPart";
import { words as importWords } from "./openapi/words";
import { words } from "./words";

const FORMS: FormChoice[] = ["usual", "bearer", "scheme", "basic", "header"];
const SEARCHED = 6;
/** Not a kind of the program: what is made of a document is one. */
const OPENAPI = { kind: "openapi", ...importWords.kind };

/** Connects a service: the kind, where it is, how its credential is sent, and the credential. */
export function ConnectDialog({ kind: first }: { kind: string }) {
  const { ipc, kinds, services } = useLive();
  const desk = useDesk();
  const tell = useTell();
  const action = useAction();
  const taken = (services.value ?? []).map((row) => row.name);
  const [search, setSearch] = useState("");
  const [draft, setDraft] = useState<Draft>();
  const [form, setForm] = useState<Connection>({ kind: first, name: first === "" ? "" : freeName(first, taken), url: "", form: "usual", detail: "", credential: "", definition: undefined });
  const edit = (change: Partial<Connection>) => setForm((before) => ({ ...before, ...change }));

  const all = kinds.value ?? [];
  const isImport = form.kind === OPENAPI.kind;
  const found = [...all, OPENAPI].filter((each) => `${each.title} ${each.description} ${each.kind}`.toLowerCase().includes(search.trim().toLowerCase()));
  const kind = isImport ? draft && kindOf(draft) : all.find((each) => each.kind === form.kind);
  const flaw = isImport && draft !== undefined ? draftProblem(draft) : undefined;
  const problem = isImport && draft === undefined ? importWords.pick : flaw === undefined ? connectionProblem(form, kind, taken) : importWords.why[flaw];
  const close = () => desk.connect(undefined);
  const usualName = (of: string) => (of === OPENAPI.kind ? "" : freeName(of, taken));
  const nameFor = (next: string) => (form.name === "" || form.name === usualName(kind?.kind ?? form.kind) ? usualName(next) : form.name);
  const pick = (next: string) => {
    edit({ kind: next, name: nameFor(next), url: "", form: "usual", detail: "" });
    setDraft(undefined);
  };
  const take = (next: Draft | undefined) => {
    if (next?.imported !== draft?.imported) {
      edit({ name: nameFor(next === undefined ? OPENAPI.kind : kindOf(next).kind), url: "", form: "usual", detail: "", definition: undefined });
    }
    setDraft(next);
  };
  const submit = () => {
    if (kind === undefined || problem !== undefined || action.busy) {
      return;
    }
    void action.run(async () => {
      const made = newService(form, kind);
      const row = await ipc.addService(draft === undefined ? made : { ...made, definition: documentOf(draft) });
      close();
      tell(words.connected(row.name));
    });
  };

  return (
    <Sheet
      title={words.connectTitle}
      onClose={close}
      footer={
        <div className={cx(f.foot)}>
          {action.error === undefined ? (
            <p id="connect-why" role="status" className={cx(f.why)}>
              {problem}
            </p>
          ) : (
            <ErrorText error={action.error} />
          )}
          <Button onPress={close}>{say.common.cancel}</Button>
          <Button look="primary" isDisabled={problem !== undefined || action.busy} aria-describedby="connect-why" onPress={submit}>
            {words.submit}
          </Button>
        </div>
      }
    >
      <form
        className={cx(s.form)}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className={cx(f.part)}>
          <Label className={cx(f.label)} elementType="span" id="connect-kind">
            {words.kind}
          </Label>
          {all.length > SEARCHED && <SearchField label={words.kindSearch} value={search} onChange={setSearch} />}
          <ListBox
            aria-labelledby="connect-kind"
            className={cx(s.kinds)}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={form.kind === "" ? [] : [form.kind]}
            onSelectionChange={(keys) => {
              const next = found.find((each) => keys !== "all" && keys.has(each.kind));
              if (next !== undefined) {
                pick(next.kind);
              }
            }}
            items={found.map((each) => ({ ...each, id: each.kind }))}
            renderEmptyState={() => <p className={cx(f.hint)}>{say.common.nothingFound}</p>}
          >
            {(each) => (
              <ListBoxItem className={cx(s.kind)} textValue={each.title}>
                <span className={cx(s.kindTitle)}>{each.title}</span>
                <span className={cx(f.hint)}>{each.description}</span>
              </ListBoxItem>
            )}
          </ListBox>
        </div>
        {isImport && <OpenApiPart draft={draft} onDraft={take} />}
        {kind !== undefined && (
          <>
            <TextField label={words.name} value={form.name} onChange={(name) => edit({ name })} hint={words.nameHint(form.name)} error={taken.includes(form.name) ? words.why.taken(form.name) : undefined} mono />
            {(kind.needs_base_url || kind.base_url !== null) && <TextField label={words.url} optional={!kind.needs_base_url} type="url" value={form.url} onChange={(url) => edit({ url })} placeholder={kind.base_url ?? "https://"} mono />}
            {kind.needs_credential ? (
              <>
                <div className={cx(s.pair)}>
                  <Select label={words.form} choices={FORMS.map((id) => ({ id, name: id === "usual" ? words.formUsual(kind.credential_form) : words.forms[id] }))} value={form.form} onChange={(next) => edit({ form: next, detail: "" })} />
                  {needsDetail(form.form) && <TextField label={words.formDetail[form.form]} value={form.detail} onChange={(detail) => edit({ detail })} mono />}
                </div>
                <TextField label={words.masterCredential} type="password" value={form.credential} onChange={(credential) => edit({ credential })} hint={words.masterHint} autoComplete="new-password" />
              </>
            ) : (
              <p className={cx(f.hint)}>{words.noCredential}</p>
            )}
            {kind.needs_base_url && !isImport && (
              <div className={cx(f.part)}>
                <span className={cx(f.label)}>
                  {words.definitionFile} <span className={cx(f.hint)}>({say.common.optional})</span>
                </span>
                <div className={cx(f.row)}>
                  <FileTrigger acceptedFileTypes={["application/json", ".json"]} onSelect={(files) => void files?.item(0)?.text().then((text) => edit({ definition: { name: files.item(0)?.name ?? "", text } }))}>
                    <Button>{words.definitionChoose}</Button>
                  </FileTrigger>
                  {form.definition !== undefined && (
                    <>
                      <code>{form.definition.name}</code>
                      <Button small look="quiet" onPress={() => edit({ definition: undefined })}>
                        {words.definitionRemove}
                      </Button>
                    </>
                  )}
                </div>
                <p className={cx(f.hint)}>{words.definitionHint}</p>
              </div>
            )}
          </>
        )}
        <button type="submit" hidden />
      </form>
    </Sheet>
  );
}
