import { expect, test } from "vitest";

import { API } from "../../ipc/mock/api";
import { documentOf, draftOf, edited, merged } from "./definition";
import imported from "./fixtures/imported.json?raw";

const OPENAPI = { ...API, definition: imported };

// The catalog's tests make `imported.json` of `notes.yaml`, and read `edited.json`.
test("what the editor writes is what the program reads", async () => {
  let draft = merged(draftOf(OPENAPI), ["notes.write", "books.write"]);
  draft = edited(draft, { titles: { "notes.write": "Write – “everything” in a book", "notes.read": "  Look into notes  " } });
  draft = edited(draft, { groups: { "notes.write": "Writing", "books.read": "Reading", "notes.read": "Reading" } });
  draft = edited(draft, { dropped: ["account.write"] });
  await expect(documentOf(draft)).toMatchFileSnapshot("fixtures/edited.json");
});

test("what nobody edits goes back as it came", () => {
  expect(JSON.parse(documentOf(draftOf(OPENAPI)))).toEqual(JSON.parse(imported));
});
