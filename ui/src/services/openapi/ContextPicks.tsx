import { Checkbox } from "../../components/Check";
import { cx } from "../../components/cx";
import f from "../../components/Form.module.css";
import { type Draft, edited } from "./definition";
import s from "./OpenApi.module.css";
import { words } from "./words";

/** Which path parameters tell a context. */
export function ContextPicks({ draft, onDraft }: { draft: Draft; onDraft: (draft: Draft) => void }) {
  const { contexts } = draft.imported;
  const leftOut = draft.edits.contextsLeftOut;
  const pick = (name: string, picked: boolean) => onDraft(edited(draft, { contextsLeftOut: picked ? leftOut.filter((each) => each !== name) : [...leftOut, name] }));
  return (
    <section className={cx(f.part)} aria-label={words.contexts}>
      <h3 className={cx(f.label)}>{words.contexts}</h3>
      <p className={cx(f.hint)}>{contexts.length === 0 ? words.noContexts : words.contextsHint}</p>
      {contexts.length > 0 && (
        <div className={cx(s.contexts)}>
          {contexts.map((each) => (
            <Checkbox key={each.name} checked={!leftOut.includes(each.name)} onChange={(picked) => pick(each.name, picked)}>
              <span className={cx(s.context)}>
                {each.name} <span className={cx(f.hint)}>{words.context(each.example, each.operations)}</span>
              </span>
            </Checkbox>
          ))}
        </div>
      )}
    </section>
  );
}
