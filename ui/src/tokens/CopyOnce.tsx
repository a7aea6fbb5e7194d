import { createContext, useContext, useRef, useState, type ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

import { Button } from "../components/Button";
import { cx } from "../components/cx";
import { Confirm, ModalDialog } from "../components/Overlay";
import type { NewSecret } from "../ipc/bindings/NewSecret";
import { useLive } from "../ipc/live";
import s from "./CopyOnce.module.css";
import { FORMS, inForm, masked, type Form } from "./forms";
import { words } from "./words";

const ShowContext = createContext<(secret: NewSecret) => void>(() => undefined);

/** Keeps a new token's secret, in this component's state alone, until its dialog closes. */
export function CopyOnceProvider({ children }: { children: ReactNode }) {
  const [secret, setSecret] = useState<NewSecret>();
  return (
    <ShowContext value={setSecret}>
      {children}
      {secret !== undefined && <CopyDialog key={secret.token} secret={secret} onClose={() => setSecret(undefined)} />}
    </ShowContext>
  );
}

/** What to hand a new secret to; it is shown once and then forgotten. */
export function useShowOnce(): (secret: NewSecret) => void {
  return useContext(ShowContext);
}

function CopyDialog({ secret, onClose }: { secret: NewSecret; onClose: () => void }) {
  const { ipc, services, tokens } = useLive();
  const [form, setForm] = useState<Form>("token");
  const [shown, setShown] = useState(false);
  const [outcome, setOutcome] = useState<"none" | "copied" | "failed">("none");
  const [asks, setAsks] = useState(false);
  const everCopied = useRef(false);
  const field = useRef<HTMLTextAreaElement>(null);

  const row = tokens.value?.find((token) => token.id === secret.id);
  const served = row?.access === "limited" ? row.grant_rows[0]?.service : undefined;
  const service = services.value?.find((each) => each.name === served) ?? services.value?.[0];
  const text = inForm(form, secret.token, service?.gateway_url);

  const close = () => (everCopied.current ? onClose() : setAsks(true));
  const copy = async () => {
    try {
      await ipc.copySecret(text);
      everCopied.current = true;
      setOutcome("copied");
    } catch {
      setShown(true);
      setOutcome("failed");
      requestAnimationFrame(() => {
        field.current?.focus();
        field.current?.select();
      });
    }
  };

  return (
    <>
      <ModalDialog
        title={words.once.title}
        firm
        wide
        onClose={close}
        footer={
          <>
            <Button onPress={close}>{everCopied.current ? words.once.done : words.once.close}</Button>
            <Button look="primary" icon={outcome === "copied" ? "check" : "copy"} autoFocus onPress={copy}>
              {outcome === "copied" ? words.once.copied : words.once.copy}
            </Button>
          </>
        }
      >
        <div className={cx(s.content)}>
          <p>{words.once.intro(secret.name)}</p>
          <ToggleButtonGroup className={cx(s.forms)} aria-label={words.once.formsLabel} selectionMode="single" disallowEmptySelection selectedKeys={[form]} onSelectionChange={(keys) => setForm(FORMS.find((each) => keys.has(each)) ?? "token")}>
            {FORMS.map((each) => (
              <ToggleButton key={each} id={each} className={cx(s.form)}>
                {words.once.forms[each]}
              </ToggleButton>
            ))}
          </ToggleButtonGroup>
          <div className={cx(s.fieldRow)}>
            <textarea ref={field} className={cx(s.field)} aria-label={words.once.field} readOnly rows={form === "token" ? 2 : 3} spellCheck={false} value={shown ? text : masked(text, secret)} />
            <Button small onPress={() => setShown(!shown)}>
              {shown ? words.once.hide : words.once.show}
            </Button>
          </div>
          <p role="status" className={cx(outcome === "failed" ? s.failed : "visually-hidden")}>
            {outcome === "copied" ? words.once.copied : outcome === "failed" ? words.once.failed : ""}
          </p>
        </div>
      </ModalDialog>
      {asks && <Confirm title={words.once.asks} body={words.once.asksBody} action={words.once.closeAnyway} cancel={words.once.back} onConfirm={onClose} onCancel={() => setAsks(false)} />}
    </>
  );
}
