import type { UncoveredWhy } from "../../ipc/bindings/UncoveredWhy";
import { count } from "../../messages";

/** Texts of what a token really used. */
export const words = {
  title: (days: number) => `Used in the last ${count(days, "day")}`,
  none: (days: number) => `It made no request that was permitted in the last ${count(days, "day")}.`,
  enough: (requests: number, grants: number) => `${count(requests, "request")}, for which ${count(grants, "grant")} would have been enough.`,
  exact: (requests: number) => `${count(requests, "request")}, and every grant was needed.`,
  uses: (requests: number, operations: number) => `${count(requests, "request")} · ${count(operations, "operation")}`,
  notHeld: "narrower than now",
  unused: "Never used",
  narrowed: "Used, where less would do",
  uncovered: "Not covered; these would be refused",
  why: {
    service_gone: "the service is not connected any more",
    operation_unknown: "only full access can do what the definition does not know",
    context_untold: "the record does not say where a permission was needed",
    fields_untold: "the record does not say which fields its GraphQL asked for",
    not_held: "no grant for it could be made now",
  } satisfies Record<UncoveredWhy, string>,
  notExhaustive: "There were too many ways to look at all of them; a smaller set may exist.",
  takeOver: "Take over",
  takenOver: "The form asks for just this.",
  narrow: "Narrow it to this",
  mark: "not used lately",
};
