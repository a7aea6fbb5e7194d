import type { RightsRow } from "../../ipc/bindings/RightsRow";
import { ago, count, date } from "../../messages";

const DAY = 24 * 60 * 60_000;
/** A credential that ends within so many days is one to replace. */
const NEAR = 14;

/** Words about what the owner may do in a service. */
export const words = {
  name: "You may do",
  had: (rights: RightsRow, permissions: number) => (rights.limited ? `${rights.had} of ${count(permissions, "permission")}` : "Everything, as far as is known"),
  source: (rights: RightsRow, asked: boolean, now: number) => {
    const when = rights.since === null ? "" : ` ${ago(rights.since, now)}`;
    const unknown = asked ? "The service does not say; it judges each request itself" : "Not asked yet; the service judges each request itself";
    return { unknown, service: `As the service told${when}`, owner: `As you declared${when}` }[rights.source];
  },
  scopes: (scopes: string) => `Scopes: ${scopes}`,
  ends: (end: number, now: number) => (end <= now ? `Ended on ${date(end)}. Replace it.` : end - now < NEAR * DAY ? `Ends on ${date(end)}. Replace it before then.` : `Ends on ${date(end)}`),
  declare: "Say what you may do",
  title: (service: string) => `What you may do in ${service}`,
  why: "The service does not say what its credential may do. Only what you have can be granted, so say it here.",
  question: "You may do",
  kinds: {
    all: { title: "Everything", hint: "The service itself judges each request." },
    read_only: { title: "Read only", hint: "The permissions that are for reading." },
    only: { title: "These permissions", hint: "And no others." },
  },
  list: "Permissions",
  listHint: "One a line: context:permission, such as global:contents.read or repository=acme/site:issues.write.",
  declared: (service: string) => `Kept what you may do in ${service}.`,
  endsSoon: (end: number, now: number) => end - now < NEAR * DAY,
};
