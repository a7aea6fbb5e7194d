import { Tag } from "../components/State";
import type { TokenRow } from "../ipc/bindings/TokenRow";
import { words } from "./words";

/** Full or limited, in a word and a number. */
export function AccessBadge({ row }: { row: TokenRow }) {
  if (row.access === "full") {
    return (
      <Tag tone="warn" icon="shield">
        {words.full}
      </Tag>
    );
  }
  const contexts = new Set(row.grant_rows.map((grant) => `${grant.service}:${grant.context}`)).size;
  const inactive = row.grant_rows.filter((grant) => !grant.active).length;
  return (
    <>
      <Tag>{words.limited(contexts, row.grant_rows.length)}</Tag>
      {inactive > 0 && row.status !== "revoked" && (
        <Tag tone="warn" icon="warn">
          {words.inactive(inactive)}
        </Tag>
      )}
    </>
  );
}
