import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { Fact } from "../../components/Facts";
import type { ServiceRow } from "../../ipc/bindings/ServiceRow";
import s from "../Services.module.css";
import { words } from "./words";

/** What the owner may do in a service, who said so and when; they say it themselves where the service does not. */
export function Rights({ row, now, onDeclare }: { row: ServiceRow; now: number; onDeclare: () => void }) {
  return (
    <Fact name={words.name}>
      {words.had(row.rights, row.permissions)}
      <p className={cx(s.quiet)}>{words.source(row.rights, row.checked !== null, now)}</p>
      {row.rights.scopes !== null && <p className={cx(s.quiet)}>{words.scopes(row.rights.scopes)}</p>}
      {row.rights.source !== "service" && (
        <p>
          <Button small onPress={onDeclare}>
            {words.declare}
          </Button>
        </p>
      )}
    </Fact>
  );
}
