import type { ImportedApi } from "../bindings/ImportedApi";
import type { NewService } from "../bindings/NewService";
import type { ServiceKind } from "../bindings/ServiceKind";

const BOOK = { book: "{book}" };

const definition = {
  version: 1,
  kind: "notes",
  title: "Notes of a team",
  description: "What the team writes down.",
  source: "OpenAPI 3.1.0 document “Notes of a team” 2.1",
  base_url: "https://notes.example.com/api",
  credential_form: "header:X-Notes-Key",
  client_headers: ["X-Notes-Key"],
  contexts: [{ name: "book", title: "Book" }],
  permissions: [
    { name: "books.read", title: "Books: read", group: "Books", contexts: ["book", "global"] },
    { name: "books.write", title: "Books: write", group: "Books", risk: "destructive", contexts: ["book", "global"] },
    { name: "notes.read", title: "Notes: read", group: "Notes", description: "What stands in books.", contexts: ["book", "global"] },
    { name: "notes.write", title: "Notes: write", group: "Notes", contexts: ["book", "global"] },
    { name: "account.read", title: "Account: read", group: "Account", contexts: ["global"] },
    { name: "account.credentials", title: "Account: credentials", group: "Account", description: "Makes or changes tokens, keys or passwords.", risk: "mints_credentials", contexts: ["global"] },
  ],
  operations: [
    { method: "GET", path: "/books", requires: "books.read" },
    { method: "GET", path: "/books/{book}", requires: "books.read", contexts: BOOK },
    { method: "DELETE", path: "/books/{book}", requires: "books.write", contexts: BOOK, risk: "destructive" },
    { method: "GET", path: "/books/{book}/notes", requires: "notes.read", contexts: BOOK },
    { method: "POST", path: "/books/{book}/notes", requires: [["notes.write"], ["books.write"]], contexts: BOOK },
    { method: "PUT", path: "/books/{book}/notes/{id}", requires: ["notes.read", "notes.write"], contexts: BOOK },
    { method: "GET", path: "/account", requires: "account.read" },
    { method: "POST", path: "/account/tokens", requires: "account.credentials", risk: "mints_credentials" },
  ],
  switches: { refused_parameters: ["access_token"] },
};

/** What every document comes to in the stand-in. */
export const API: ImportedApi = {
  definition: JSON.stringify(definition),
  kind: definition.kind,
  format: "OpenAPI 3.1.0",
  title: definition.title,
  version: "2.1",
  operations: definition.operations.length,
  permissions: definition.permissions.length,
  contexts: [{ name: "book", example: "/books/{book}", operations: 5 }],
  skipped: [{ reason: "this method is not forwarded", count: 2, examples: ["TRACE /books/{book}", "TRACE /account"] }],
  notes: ["The credential is sent as header:X-Notes-Key.", "1 operation needs no credential at the service; here it needs a permission like all others."],
};

/** The kind of a service that brings its definition. */
export function importedKind({ definition: text }: NewService): ServiceKind | undefined {
  if (text === undefined) {
    return undefined;
  }
  const { kind, title, description, base_url, credential_form } = JSON.parse(text) as typeof definition;
  return { kind, title, description, base_url, needs_base_url: false, needs_credential: true, credential_form };
}
