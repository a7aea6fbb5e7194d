import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { ContextSearch } from "../../../ipc/bindings/ContextSearch";
import { startMock } from "../../../ipc/mock";
import { openWindow } from "../../../testing/window";

async function openPicker(searchContexts: (service: string, kind: string, text: string) => Promise<ContextSearch>) {
  const mock = startMock("still");
  const search = vi.fn(searchContexts);
  const { user } = await openWindow({ replace: { ...mock, searchContexts: search } });
  await user.click(await screen.findByRole("button", { name: "New personal token" }));
  const sheet = await screen.findByRole("dialog", { name: "New personal token" });
  await user.click(within(sheet).getByRole("radio", { name: /Limited/ }));
  const group = within(sheet).getByRole("group", { name: "Add context" });
  await user.click(within(group).getByRole("button", { name: /Service$/ }));
  await user.click(await screen.findByRole("option", { name: "github" }));
  await user.click(await within(group).findByRole("button", { name: /Context$/ }));
  await user.click(await screen.findByRole("option", { name: "Repository" }));
  return { user, search, sheet, group, field: await within(group).findByRole("combobox", { name: "Repository" }) };
}

const found = (value: string, title: string | null = null): ContextSearch => ({ found: [{ value, title }], asked: true, problem: null });

test("what is typed is searched in the service once the typing pauses, and what is found is picked by the keyboard", async () => {
  const { user, search, sheet, group, field } = await openPicker(async () => found("42", "acme/site"));
  within(group).getByText(/Lists over everything need the global context/);
  await user.type(field, "site");
  await screen.findByRole("option", { name: /acme\/site/ });
  expect(search).toHaveBeenLastCalledWith("github", "repository", "site");
  expect(search.mock.calls.some(([, , text]) => text === "si")).toBe(false);
  await user.keyboard("{ArrowDown}{Enter}");
  await waitFor(() => expect((field as HTMLInputElement).value).toBe("42"));
  await user.click(within(group).getByRole("button", { name: "Add context" }));
  expect(sheet.textContent).toContain("42");
});

test("where the service can't be asked any value can be typed", async () => {
  const { user, group, field } = await openPicker(async () => ({ found: [], asked: false, problem: "github could not be reached" }));
  await user.type(field, "acme/new");
  await screen.findByText(/could not be asked: github could not be reached/);
  await user.keyboard("{Escape}");
  expect((field as HTMLInputElement).value).toBe("acme/new");
  expect(within(group).getByRole<HTMLButtonElement>("button", { name: "Add context" }).disabled).toBe(false);
});
