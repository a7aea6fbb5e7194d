import { date } from "../../messages";

/** Where a definition comes from that is not the catalog's. Check reads it again. */
export const definitionRead = (at: number) => `Read from the service on ${date(at)}; Check reads it again.`;
