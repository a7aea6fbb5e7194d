import type { NewService } from "../ipc/bindings/NewService";
import type { ServiceKind } from "../ipc/bindings/ServiceKind";
import { words } from "./words";

export type FormChoice = "usual" | "bearer" | "scheme" | "basic" | "header";

/** The connect form as filled in. */
export interface Connection {
  kind: string;
  name: string;
  url: string;
  form: FormChoice;
  /** The word, user or header that the form needs. */
  detail: string;
  credential: string;
  definition: { name: string; text: string } | undefined;
}

export const needsDetail = (form: FormChoice): form is "scheme" | "basic" | "header" => form === "scheme" || form === "basic" || form === "header";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A name that is still free: the kind's, or that with a number. */
export function freeName(kind: string, taken: readonly string[]): string {
  const base = kind === "rest" ? "" : kind.replace(/[^a-z0-9-]/g, "-");
  if (base === "" || !taken.includes(base)) {
    return base;
  }
  let number = 2;
  while (taken.includes(`${base}-${number}`)) {
    number += 1;
  }
  return `${base}-${number}`;
}

/** Why it can't be connected yet. */
export function connectionProblem(form: Connection, kind: ServiceKind | undefined, taken: readonly string[]): string | undefined {
  if (kind === undefined) {
    return words.why.kind;
  }
  if (!LABEL.test(form.name)) {
    return words.why.name;
  }
  if (taken.includes(form.name)) {
    return words.why.taken(form.name);
  }
  if ((kind.needs_base_url || form.url !== "") && !/^https?:\/\/[^\s/]+/.test(form.url.trim())) {
    return words.why.url;
  }
  if (kind.needs_credential && needsDetail(form.form) && form.detail.trim() === "") {
    return words.why.detail;
  }
  return kind.needs_credential && form.credential === "" ? words.why.credential : undefined;
}

/** What is asked of the program; what was left alone is left out. */
export function newService(form: Connection, kind: ServiceKind): NewService {
  const service: NewService = { name: form.name, kind: kind.kind };
  if (form.url.trim() !== "" && form.url.trim() !== kind.base_url) {
    service.base_url = form.url.trim();
  }
  if (kind.needs_credential) {
    service.credential = form.credential;
    if (form.form !== "usual") {
      service.credential_form = needsDetail(form.form) ? `${form.form}:${form.detail.trim()}` : form.form;
    }
  }
  if (form.definition !== undefined) {
    service.definition = form.definition.text;
  }
  return service;
}
