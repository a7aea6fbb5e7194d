import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { API } from "../../ipc/mock/api";
import { startMock } from "../../ipc/mock";
import { goTo, openWindow } from "../../testing/window";
import { documentOf, type Draft, draftOf, edited, merged, permissionsOf, undone } from "./definition";

const start = (): Draft => draftOf(API);
const made = (draft: Draft) => JSON.parse(documentOf(draft)) as Record<string, never> & { permissions: { name: string; title: string; contexts: string[]; risk?: string }[]; operations: { method: string; path: string; requires: unknown; contexts?: unknown }[]; closed?: unknown };
const at = (draft: Draft, method: string, path: string) => made(draft).operations.find((each) => each.method === method && each.path === path);

test("a document that nobody edits stays what the program made of it", () => {
  expect(JSON.parse(documentOf(start()))).toEqual(JSON.parse(API.definition));
});

test("merged permissions are one, and operations that needed either need that", () => {
  const draft = merged(merged(start(), ["notes.read", "notes.write"]), ["books.write", "notes.read"]);
  expect(made(draft).permissions.map((each) => each.name)).toEqual(["books.read", "books.write", "account.read", "account.credentials"]);
  expect(at(draft, "POST", "/books/{book}/notes")?.requires).toBe("books.write");
  expect(at(draft, "PUT", "/books/{book}/notes/{id}")?.requires).toBe("books.write");
  expect(permissionsOf(draft)[1]).toMatchObject({ parts: ["Notes: read", "Notes: write"], operations: 4, risk: "destructive" });
  expect(permissionsOf(undone(draft)).map((each) => each.name)).toContain("books.write");
  expect(documentOf(undone(undone(draft)))).toBe(documentOf(start()));
});

test("what needs a permission that is left out is closed, unless there is another way to it", () => {
  const draft = edited(start(), { dropped: ["notes.write"] });
  expect(at(draft, "POST", "/books/{book}/notes")?.requires).toBe("books.write");
  expect(at(draft, "PUT", "/books/{book}/notes/{id}")).toBeUndefined();
  expect(made(draft).closed).toEqual([{ method: "PUT", path: "/books/{book}/notes/{id}" }]);
});

test("a context that is not picked is nowhere", () => {
  const text = documentOf(edited(start(), { contextsLeftOut: ["book"] }));
  expect(text).not.toContain('"contexts":["book"');
  expect(text).not.toContain('"book":"{book}"');
  expect(text).not.toContain('"contexts": [');
});

async function openImport() {
  const mock = startMock("still");
  const addService = vi.fn(mock.addService);
  const fetchApiDocument = vi.fn(mock.fetchApiDocument);
  const chooseApiDocument = vi.fn(mock.chooseApiDocument);
  const { user } = await openWindow({ replace: { ...mock, addService, fetchApiDocument, chooseApiDocument } });
  await goTo(user, "Services");
  await user.click(screen.getByRole("button", { name: "Connect a service" }));
  const sheet = within(await screen.findByRole("dialog", { name: "Connect a service" }));
  await user.click(sheet.getByRole("option", { name: /^From an OpenAPI document/ }));
  return { user, sheet, addService, fetchApiDocument, chooseApiDocument };
}

test("an API is connected from its document, with other names and without a context", async () => {
  const { user, sheet, addService } = await openImport();
  sheet.getByText("Choose an OpenAPI document first.");
  await user.click(sheet.getByRole("button", { name: "Choose a file" }));
  await sheet.findByText("Notes of a team 2.1 (OpenAPI 3.1.0)");
  sheet.getByText("8 operations, 6 permissions");
  sheet.getByText("2 operations left out");
  await user.click(sheet.getByRole("checkbox", { name: /^book/ }));

  const heading = sheet.getByRole("textbox", { name: "Heading of Notes" });
  await user.clear(heading);
  await user.type(heading, "Writing{Enter}");
  const writing = within(sheet.getByRole("group", { name: "Writing" }));
  const title = writing.getByRole("textbox", { name: "Title of notes.read" });
  await user.clear(title);
  await user.type(title, "Look into notes");
  await user.tab();
  await user.click(writing.getByRole("checkbox", { name: "Select Notes: write" }));
  await user.click(sheet.getByRole("checkbox", { name: "Select Books: write" }));
  sheet.getByText("2 selected");
  await user.click(sheet.getByRole("button", { name: "Merge" }));
  sheet.getByText("with Notes: write");
  await user.click(sheet.getByRole("checkbox", { name: "Select Account: credentials" }));
  await user.click(sheet.getByRole("button", { name: "Leave out" }));
  sheet.getByText("left out");

  expect(sheet.getByRole<HTMLInputElement>("textbox", { name: "Name" }).value).toBe("notes");
  await user.type(sheet.getByLabelText("Master credential"), "swordfish-44");
  await user.click(sheet.getByRole("button", { name: "Connect" }));
  await screen.findByRole("listitem", { name: "notes" });
  const asked = addService.mock.calls[0]?.[0];
  expect(asked).toMatchObject({ name: "notes", kind: "notes", credential: "swordfish-44" });
  const definition = JSON.parse(asked?.definition ?? "") as { contexts?: unknown; permissions: { name: string; title: string; group: string }[] };
  expect(definition.contexts).toBeUndefined();
  expect(definition.permissions.map((each) => each.name)).toEqual(["books.read", "books.write", "notes.read", "account.read"]);
  expect(definition.permissions[2]).toMatchObject({ title: "Look into notes", group: "Writing" });
});

test("a document is fetched or pasted, and what can't be imported is said beside the field", async () => {
  const { user, sheet, fetchApiDocument } = await openImport();
  await user.type(sheet.getByRole("textbox", { name: "Or its URL" }), "ftp://notes.example.com");
  await user.click(sheet.getByRole("button", { name: "Fetch" }));
  expect((await sheet.findAllByRole("alert"))[0]?.textContent).toContain("could not be fetched");
  expect(fetchApiDocument).toHaveBeenCalledWith("ftp://notes.example.com", { basis: "scopes" });
  await user.type(sheet.getByRole("textbox", { name: "Or paste it" }), "hello");
  await user.click(sheet.getByRole("button", { name: "Read" }));
  expect((await sheet.findAllByRole("alert"))[0]?.textContent).toContain("this is no OpenAPI");
  await user.type(sheet.getByRole("textbox", { name: "Or paste it" }), " openapi");
  await user.click(sheet.getByRole("button", { name: "Read" }));
  await sheet.findByText("8 operations, 6 permissions");
  await user.click(sheet.getByRole("button", { name: "Take another document" }));
  sheet.getByText("Choose an OpenAPI document first.");
});

test("permissions are made of tags where the owner says so, also of the next document", async () => {
  const { user, sheet, chooseApiDocument } = await openImport();
  await user.click(sheet.getByRole("button", { name: /Make permissions of$/ }));
  await user.click(await screen.findByRole("option", { name: /^Tags/ }));
  await user.click(sheet.getByRole("button", { name: "Choose a file" }));
  await user.click(await sheet.findByRole("button", { name: "Take another document" }));
  await user.click(sheet.getByRole("button", { name: "Choose a file" }));
  await sheet.findByRole("button", { name: "Take another document" });
  expect(chooseApiDocument.mock.calls).toEqual([[{ basis: "tags" }], [{ basis: "tags" }]]);
});

test("Esc takes back what was typed, and Undo the last edit", async () => {
  const { user, sheet } = await openImport();
  await user.click(sheet.getByRole("button", { name: "Choose a file" }));
  const title = () => sheet.getByRole<HTMLInputElement>("textbox", { name: "Title of notes.read" });
  await sheet.findByText("Notes of a team 2.1 (OpenAPI 3.1.0)");
  await user.type(title(), " all{Escape}");
  expect(title().value).toBe("Notes: read");
  await user.type(title(), " all{Enter}");
  expect(title().value).toBe("Notes: read all");
  await user.click(sheet.getByRole("button", { name: "Undo" }));
  expect(title().value).toBe("Notes: read");
});
