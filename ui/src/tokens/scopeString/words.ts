import { count } from "../../messages";

/** Words about scope strings, as Space and CodeCanvas write what a token may do. */
export const words = {
  title: "Paste a scope string",
  label: (service: string) => `Scope string of ${service}`,
  hint: "Such as global:Profile.View project:key:SITE:Project.Issues.View",
  add: "Add its grants",
  added: (grants: number) => `${count(grants, "grant")} added above.`,
  shown: (service: string) => `In ${service}'s words`,
} as const;

/** Kinds of service that have them. */
const KINDS: readonly string[] = ["space", "codecanvas"];

export const hasScopeStrings = (kind: string) => KINDS.includes(kind);
