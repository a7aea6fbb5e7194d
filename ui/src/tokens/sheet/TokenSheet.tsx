import { useCallback, useEffect, useMemo, useState } from "react";
import { Label, RadioGroup } from "react-aria-components";

import { Button } from "../../components/Button";
import { Checkbox, RadioCard } from "../../components/Check";
import { cx } from "../../components/cx";
import { TextField } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { Sheet } from "../../components/Overlay";
import { useTell } from "../../components/Toasts";
import { useNow } from "../../components/useNow";
import { useDesk, type SheetAsk } from "../../frame/desk";
import type { TokenRow } from "../../ipc/bindings/TokenRow";
import { useAction, useLive } from "../../ipc/live";
import { useShowOnce } from "../CopyOnce";
import { PasteScope } from "../scopeString/PasteScope";
import { hasScopeStrings } from "../scopeString/words";
import { TryRequest } from "../try/TryRequest";
import { words as tryWords } from "../try/words";
import { UsedOffer } from "../used/UsedOffer";
import { useSuggestion } from "../used/useSuggestion";
import { words as usedWords } from "../used/words";
import { useTokenActs } from "../useTokenActs";
import { words as tokenWords } from "../words";
import { AddContext } from "./AddContext";
import { changeOf, differenceOf, widens } from "./change";
import { ContextBlock } from "./ContextBlock";
import { blocksOf, draftOf, expiryChanged, expiryOf, grantsOf, keyOf, nameProblem, newDraft, problemOf, scopeOfDraft, type Block, type Draft } from "./draft";
import { ExpiryPart } from "./ExpiryPart";
import { summaryOf } from "./held";
import s from "./Sheet.module.css";
import { SheetFooter } from "./SheetFooter";
import { useLists } from "./useLists";
import { words } from "./words";

const NONE: readonly TokenRow[] = [];

/** New personal token, or Update: one page. */
export function TokenSheet({ ask }: { ask: SheetAsk }) {
  const { ipc, tokens, services } = useLive();
  const desk = useDesk();
  const tell = useTell();
  const showOnce = useShowOnce();
  const acts = useTokenActs();
  const action = useAction();
  const now = useNow();
  const rows = tokens.value ?? NONE;
  const self = ask.of === "update" ? rows.find((row) => row.id === ask.id) : undefined;
  const [draft, setDraft] = useState<Draft>(() => (ask.of === "new" ? newDraft(ask.scope) : self === undefined ? newDraft(undefined) : draftOf(self, ask.add, ask.take)));
  const { lists, errors } = useLists(draft.blocks);

  const edit = useCallback((change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change })), []);
  const editBlock = useCallback((block: Block) => setDraft((before) => ({ ...before, blocks: before.blocks.map((each) => (keyOf(each) === keyOf(block) ? block : each)) })), []);
  const removeBlock = useCallback((key: string) => setDraft((before) => ({ ...before, blocks: before.blocks.filter((each) => keyOf(each) !== key) })), []);
  const addGrants = (grants: string[]) => setDraft((before) => ({ ...before, access: "limited", blocks: blocksOf([...new Set([...grantsOf(before.blocks), ...grants])]) }));

  const used = useSuggestion(self?.id);
  const unused = useMemo(() => new Map(blocksOf(used.value !== undefined && used.value.requests > 0 ? used.value.unused : []).map((block) => [keyOf(block), block.picked])), [used.value]);

  const close = () => desk.openSheet(undefined);
  const gone = ask.of === "update" && tokens.value !== undefined && (self === undefined || self.status === "revoked");
  const { openSheet } = desk;
  useEffect(() => {
    if (gone) {
      openSheet(undefined);
    }
  }, [gone, openSheet]);

  const change = self === undefined ? undefined : changeOf(draft, self, now);
  const problem = problemOf(draft, rows, self, now) ?? (change !== undefined && Object.keys(change).length === 0 ? words.why.unchanged : undefined);
  const expiry = self !== undefined && !expiryChanged(draft, self) && self.expires !== null ? ({ expires: "at", at: self.expires } as const) : expiryOf(draft, now);
  const scope = useMemo(() => scopeOfDraft({ access: draft.access, blocks: draft.blocks }), [draft.access, draft.blocks]);
  const summary = useMemo(() => summaryOf(draft, lists), [draft, lists]);

  const submit = () => {
    if (problem !== undefined || action.busy) {
      return;
    }
    void action.run(async () => {
      if (self !== undefined && change !== undefined) {
        const updated = await ipc.updateToken(self.id, change);
        close();
        tell(tokenWords.updated(updated.name));
      } else if (scope !== undefined && expiry !== undefined) {
        const secret = await ipc.createToken({ name: draft.name.trim(), note: draft.note.trim(), scope, expiry, proxy: draft.proxy });
        close();
        showOnce(secret);
      }
    });
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && document.querySelector('[role="alertdialog"]') === null) {
        event.preventDefault();
        submit();
      }
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  });

  const names = (services.value ?? []).map((service) => service.name);
  const withScopeStrings = (services.value ?? []).filter((service) => hasScopeStrings(service.kind)).map((service) => service.name);
  const operations = (services.value ?? []).reduce((sum, service) => sum + service.operations, 0);
  const nameError = draft.name === "" ? undefined : nameProblem(draft.name, rows, self?.id);
  return (
    <Sheet
      title={self === undefined ? words.newTitle : words.updateTitle(self.name)}
      onClose={close}
      footer={<SheetFooter summary={summary} difference={self !== undefined && change !== undefined ? differenceOf(change, self) : undefined} widens={self !== undefined && change !== undefined && widens(change, self)} problem={problem} error={action.error} busy={action.busy} onSubmit={submit} onCancel={close} />}
    >
      <div className={cx(s.form)}>
        <div className={cx(s.part)}>
          <TextField label={words.name} value={draft.name} onChange={(name) => edit({ name })} hint={words.nameHint} error={nameError} autoFocus />
          <TextField label={words.note} optional value={draft.note} onChange={(note) => edit({ note })} />
        </div>
        <RadioGroup className={cx(s.part)} value={draft.access ?? null} onChange={(value) => edit({ access: value === "full" ? "full" : "limited" })}>
          <Label className={cx(s.partName)}>{words.scope}</Label>
          <div className={cx(s.cards)}>
            <RadioCard value="limited" title={words.limited} hint={words.limitedHint} />
            <RadioCard value="full" title={words.full} hint={words.fullHint(operations, names.length)} icon={<Icon name="shield" size={14} />} />
          </div>
        </RadioGroup>
        {draft.access === "limited" && (
          <div className={cx(s.part)} role="group" aria-label={words.contexts}>
            <h3 className={cx(s.partName)}>{words.contexts}</h3>
            {draft.blocks.map((block) => (
              <ContextBlock key={keyOf(block)} block={block} list={lists.get(keyOf(block))} error={errors.get(keyOf(block))} unused={unused.get(keyOf(block))} onChange={editBlock} onRemove={removeBlock} />
            ))}
            {names.length === 0 ? (
              <p className={cx(s.hint)}>{words.noServices}</p>
            ) : (
              <AddContext services={names} taken={new Set(draft.blocks.map(keyOf))} onAdd={(service, context) => setDraft((before) => ({ ...before, blocks: [...before.blocks, { service, context, picked: new Set(), every: false }] }))} />
            )}
            {withScopeStrings.length > 0 && <PasteScope services={withScopeStrings} onAdd={addGrants} />}
          </div>
        )}
        {used.value !== undefined && used.value.requests > 0 && (
          <div className={cx(s.part)}>
            <h3 className={cx(s.partName)}>{usedWords.title(used.value.days)}</h3>
            <UsedOffer suggestion={used.value} draft={draft} onTake={(grants) => edit({ access: "limited", blocks: blocksOf(grants) })} />
          </div>
        )}
        {draft.access !== undefined && names.length > 0 && (
          <div className={cx(s.part)} role="group" aria-label={tryWords.tryTitle}>
            <h3 className={cx(s.partName)}>{tryWords.tryTitle}</h3>
            <TryRequest scope={scope} service={draft.blocks[0]?.service ?? names[0] ?? ""} onAdd={addGrants} />
          </div>
        )}
        <ExpiryPart draft={draft} expiry={expiry} onChange={edit} />
        <div className={cx(s.part)}>
          <Checkbox checked={draft.proxy} onChange={(proxy) => edit({ proxy })} describedBy="proxy-hint">
            {words.proxy}
          </Checkbox>
          <p id="proxy-hint" className={cx(s.hint)}>
            {words.proxyHint}
          </p>
        </div>
        {self !== undefined && (
          <div className={cx(s.part)} role="group" aria-label={words.token}>
            <h3 className={cx(s.partName)}>{words.token}</h3>
            <div className={cx(s.tokenActs)}>
              {self.status === "disabled" ? <Button onPress={() => acts.enable(self)}>{tokenWords.enable}</Button> : <Button onPress={() => acts.disable(self)}>{tokenWords.disable}</Button>}
              <Button onPress={() => acts.replace(self)}>{tokenWords.replace}</Button>
              <Button look="danger" onPress={() => acts.revoke([self])}>
                {tokenWords.revoke}
              </Button>
            </div>
          </div>
        )}
      </div>
    </Sheet>
  );
}
