import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { startMock } from "../../ipc/mock";
import { openWindow, tokenRow } from "../../testing/window";

/** A window whose service github is one of Space. */
async function openSpace() {
  const mock = startMock("still");
  const asSpace = async () => (await mock.services()).map((row) => (row.name === "github" ? { ...row, kind: "space" } : row));
  const withWords = async () => (await mock.tokens()).map((row) => ({ ...row, scope_strings: [{ service: "github", text: "global:Profile.View" }] }));
  const readScopeString = async (service: string, text: string) => {
    if (text !== "global:issues.read") {
      throw { code: "invalid", message: `“${text}” is not <context>:<code>` };
    }
    return [`${service}:global:issues.read`];
  };
  return openWindow({ replace: { ...mock, services: asSpace, tokens: withWords, readScopeString } });
}

test("a scope string that is pasted becomes grants of the form, and one that can't be read says why", async () => {
  const { user } = await openSpace();
  await user.click(screen.getByRole("button", { name: "New personal token" }));
  const sheet = await screen.findByRole("dialog", { name: "New personal token" });
  await user.click(within(sheet).getByRole("radio", { name: "Limited access" }));
  const paste = within(sheet).getByRole("group", { name: "Paste a scope string" });
  const field = within(paste).getByRole("textbox", { name: "Scope string of github" });
  await user.type(field, "nonsense");
  await user.click(within(paste).getByRole("button", { name: "Add its grants" }));
  expect(await within(paste).findByText(/“nonsense” is not/)).toBeDefined();

  await user.clear(field);
  await user.type(field, "global:issues.read");
  await user.click(within(paste).getByRole("button", { name: "Add its grants" }));
  expect(await within(paste).findByText("1 grant added above.")).toBeDefined();
  const block = await within(sheet).findByRole("region", { name: "github, global" });
  expect((await within(block).findByRole<HTMLInputElement>("checkbox", { name: "Read issues" })).checked).toBe(true);
});

test("a token's details say what it may do in the service's own words", async () => {
  const { user, ipc } = await openSpace();
  const name = (await ipc.tokens())[0]?.name ?? "";
  const row = await tokenRow(name);
  await user.click(within(row).getByText(name));
  expect(await screen.findByText("In github's words")).toBeDefined();
  expect(screen.getByText("global:Profile.View")).toBeDefined();
});
