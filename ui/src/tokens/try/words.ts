import type { UnknownWhy } from "../../ipc/bindings/UnknownWhy";

/** Texts of a decision explained, and of a request that is copied. */
export const words = {
  tryTitle: "Try a request",
  trySaved: "Decided for the token as it is saved now. Nothing is sent.",
  method: "Method",
  url: "Path or URL",
  urlHint: (service: string) => `/${service}/…`,
  tryIt: "Try",
  allowed: "Allowed",
  refused: "Refused",
  allowedBy: "by",
  missing: "missing",
  or: "or",
  addMissing: "Add to token",

  needs: "Needs",
  and: "and",
  ownerLacks: "you don't have it at the service yourself",
  ownerHas: "you have it at the service, the token has not",
  tokenLacks: "the token has not",
  where: "In",
  inactive: "Inactive: you have lost this right at the service",
  unknown: {
    closed: "The definition keeps it closed.",
    query_unclear: "The query spells a parameter in a way that services read differently, and it tells operations apart.",
    query: "The path is known with another query:",
    method: "The path is known with another method:",
    path: "No operation has such a path.",
  } satisfies Record<UnknownWhy, string>,
  like: "Like it are:",
  copyAs: "Copy as…",
  curl: "cURL",
  http: "HTTP file",
  javascript: "JavaScript",
  copied: (form: string) => `Copied as ${form}; a placeholder stands for the token.`,
  notCopied: "It could not be copied.",
};
