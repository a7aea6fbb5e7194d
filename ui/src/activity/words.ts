/** Texts of what the service itself refused. */
export const words = {
  mark: "Refused by the service",
  /** For a narrow column; who hears it hears the whole. */
  short: "By service",
  only: "Refused by the service",
  because: {
    401: "The token allows it, and the request was forwarded; the service itself did not accept the master credential.",
    403: "The token allows it, and the request was forwarded; the service itself refused it.",
  } as Record<number, string>,
  next: "What your credential may do there is on the service's card; check it, or replace it.",
};
