import { cx } from "../../components/cx";
import f from "../../components/Form.module.css";
import { Icon } from "../../components/Icon";
import type { ImportedApi } from "../../ipc/bindings/ImportedApi";
import s from "./OpenApi.module.css";
import { words } from "./words";

/** What was found in a document, what was left out and why, and what the owner should know. */
export function Preview({ imported }: { imported: ImportedApi }) {
  const leftOut = imported.skipped.reduce((sum, each) => sum + each.count, 0);
  return (
    <section className={cx(f.part)} aria-label={words.found}>
      <p className={cx(s.api)}>{words.api(imported.title, imported.version, imported.format)}</p>
      <p className={cx(s.counts)}>{words.counts(imported.operations, imported.permissions)}</p>
      {imported.notes.length > 0 && (
        <ul className={cx(s.notes)} aria-label={words.notes}>
          {imported.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {leftOut > 0 && (
        <details className={cx(s.leftOut)}>
          <summary>
            <Icon name="right" size={14} />
            {words.leftOut(leftOut)} <span className={cx(f.hint)}>{words.leftOutWhy}</span>
          </summary>
          <ul className={cx(s.notes)}>
            {imported.skipped.map((each) => (
              <li key={each.reason}>
                {words.reason(each.count, each.reason)}
                {each.examples.map((example) => (
                  <code key={example} className={cx(s.example)}>
                    {example}
                  </code>
                ))}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
