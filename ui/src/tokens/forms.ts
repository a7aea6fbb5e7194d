import type { NewSecret } from "../ipc/bindings/NewSecret";

/** The forms in which a new token can be copied. */
export const FORMS = ["token", "export", "env", "header", "curl"] as const;

export type Form = (typeof FORMS)[number];

const VARIABLE = "VALETKEY_TOKEN";

/** The token as a program wants it. One line, never with a newline at its end. */
export function inForm(form: Form, token: string, gatewayUrl: string | undefined): string {
  switch (form) {
    case "token":
      return token;
    case "export":
      return `export ${VARIABLE}='${token}'`;
    case "env":
      return `${VARIABLE}=${token}`;
    case "header":
      return `Authorization: Bearer ${token}`;
    case "curl":
      return `curl -H 'Authorization: Bearer ${token}' ${gatewayUrl ?? "http://127.0.0.1:7743"}/`;
  }
}

/** The same text with only the token's prefix and id to be read. */
export function masked(text: string, secret: NewSecret): string {
  const head = `vkey_${secret.id}_`;
  const tail = secret.token.slice(secret.token.startsWith(head) ? head.length : 0);
  return text.replace(tail, "•".repeat(tail.length));
}
