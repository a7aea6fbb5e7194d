import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { startMock } from "../../ipc/mock";
import { openWindow, tokenRow } from "../../testing/window";

async function openUpdate(name: string) {
  const mock = startMock("still");
  const updateToken = vi.fn(mock.updateToken);
  const replaceToken = vi.fn(mock.replaceToken);
  const window = await openWindow({ replace: { ...mock, updateToken, replaceToken } });
  await tokenRow(name);
  await window.user.click(screen.getByRole("button", { name: `Update ${name}` }));
  const sheet = await screen.findByRole("dialog", { name: `Update ${name}` });
  return { ...window, sheet, updateToken, replaceToken };
}

test("Update shows the difference, says what widens, sends the scope alone, and leaves the secret alone", async () => {
  const { user, ipc, sheet, updateToken, replaceToken } = await openUpdate("ci-writer");
  const before = (await ipc.tokens()).find((row) => row.name === "ci-writer");
  const update = within(sheet).getByRole<HTMLButtonElement>("button", { name: "Update" });
  expect(update.disabled).toBe(true);
  within(sheet).getByText("Nothing is changed yet.");
  const site = within(sheet).getByRole("region", { name: "github, repository acme/site" });
  await user.click(await within(site).findByRole("checkbox", { name: "Read workflow runs" }));
  await waitFor(() => expect(within(sheet).getByRole("list", { name: "Changes" }).textContent).toBe("− github:repository=acme/site:actions.read"));
  expect(within(sheet).queryByText("Whoever holds the secret gains this at once.")).toBeNull();
  await user.click(within(site).getByRole("checkbox", { name: "Write pull requests" }));
  expect(within(sheet).getByRole("list", { name: "Changes" }).textContent).toBe("+ github:repository=acme/site:pulls.write− github:repository=acme/site:actions.read");
  within(sheet).getByText("Whoever holds the secret gains this at once.");
  await user.click(update);

  await screen.findByText("Updated “ci-writer”. The change holds from the next request.");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(replaceToken).not.toHaveBeenCalled();
  expect(updateToken).toHaveBeenCalledTimes(1);
  expect(Object.keys(updateToken.mock.calls[0]?.[1] ?? {})).toEqual(["scope"]);
  const after = (await ipc.tokens()).find((row) => row.name === "ci-writer");
  expect(after?.id).toBe(before?.id);
  expect(after?.access === "limited" && [...after.grants].sort()).toEqual(["github:repository=acme/docs:contents.read", "github:repository=acme/site:contents.write", "github:repository=acme/site:issues.read", "github:repository=acme/site:pulls.write"]);
});

test("a rename never touches the scope", async () => {
  const { user, sheet, updateToken } = await openUpdate("nightly report");
  const name = within(sheet).getByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "weekly report");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await tokenRow("weekly report");
  expect(updateToken.mock.calls[0]?.[1]).toEqual({ name: "weekly report" });
});

test("a refused update keeps what was changed and shows the message", async () => {
  const { user } = await openWindow({ replace: { updateToken: () => Promise.reject({ code: "declined", message: "You said no." }) } });
  await tokenRow("laptop shell");
  await user.click(screen.getByRole("button", { name: "Update laptop shell" }));
  const sheet = await screen.findByRole("dialog");
  const note = within(sheet).getByRole<HTMLInputElement>("textbox", { name: /^Note/ });
  await user.type(note, "On the desk");
  await user.click(within(sheet).getByRole("button", { name: "Update" }));
  await within(sheet).findByText("You said no.");
  expect(note.value).toBe("On the desk");
});

test("Revoke and Replace secret are in the sheet, and each asks by name", async () => {
  const { user, sheet, replaceToken } = await openUpdate("ci-writer");
  await user.click(within(sheet).getByRole("button", { name: "Replace secret" }));
  const replaces = await screen.findByRole("alertdialog", { name: "Replace the secret of “ci-writer”?" });
  await user.click(within(replaces).getByRole("button", { name: "Cancel" }));
  expect(replaceToken).not.toHaveBeenCalled();
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await user.click(within(await screen.findByRole("alertdialog", { name: "Revoke “ci-writer”?" })).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.queryByRole("button", { name: "Update ci-writer" })).toBeNull();
});

test("Try a request tells what the form comes to, adds what is missing to it, and then allows it", async () => {
  const { user, sheet } = await openUpdate("ci-writer");
  const url = within(sheet).getByRole("textbox", { name: "Path or URL" });
  await user.clear(url);
  await user.type(url, "/github/repos/acme/site/issues");
  await user.click(within(sheet).getByRole("button", { name: "Try" }));
  await within(sheet).findByText("Allowed");
  await user.clear(url);
  await user.type(url, "/github/repos/acme/api/pulls");
  await user.click(within(sheet).getByRole("button", { name: "Try" }));
  await within(sheet).findByText("Refused");
  await user.click(within(sheet).getByRole("button", { name: "Add to token" }));
  await waitFor(() => expect(within(sheet).getByRole("list", { name: "Changes" }).textContent).toBe("+ github:repository=acme/api:pulls.read"));
  await within(sheet).findByText("Allowed");
});

test("the HTTPS proxy is a switch of its own, and the only thing that is sent", async () => {
  const { user, ipc, sheet, updateToken } = await openUpdate("nightly report");
  const proxy = within(sheet).getByRole<HTMLInputElement>("checkbox", { name: "May use the HTTPS proxy" });
  expect(proxy.checked).toBe(false);
  await user.click(proxy);
  expect(within(sheet).getByRole("list", { name: "Changes" }).textContent).toBe("HTTPS proxy: on");
  await user.click(within(sheet).getByRole("button", { name: "Update" }));
  await waitFor(() => expect(updateToken.mock.calls[0]?.[1]).toEqual({ proxy: true }));
  expect((await ipc.tokens()).find((row) => row.name === "nightly report")?.proxy).toBe(true);
});

test("what the token really used is taken over into the form, and what it never used is marked", async () => {
  const { user, sheet, updateToken } = await openUpdate("Editor assistant");
  const offer = await within(sheet).findByRole("group", { name: "Used in the last 30 days" });
  within(within(offer).getByRole("list", { name: "Never used" })).getByText("github:repository=acme/api:issues.read");
  const api = within(sheet).getByRole("region", { name: "github, repository acme/api" });
  expect((await within(api).findAllByText("not used lately")).length).toBeGreaterThan(0);
  await user.click(within(offer).getByRole("button", { name: "Take over" }));
  expect(within(sheet).getByRole("list", { name: "Changes" }).textContent).toContain("− github:repository=acme/api:issues.read");
  within(offer).getByText("The form asks for just this.");
  await user.click(within(sheet).getByRole("button", { name: "Update" }));
  await screen.findByText("Updated “Editor assistant”. The change holds from the next request.");
  expect(updateToken.mock.calls[0]?.[1]).toEqual({ scope: { access: "limited", grants: ["github:repository=acme/api:pulls.read"] } });
});

test("a token's details offer to narrow it to what it used, full access too", async () => {
  const { user } = await openWindow({ scene: "still" });
  await user.click(await screen.findByText("laptop shell"));
  const detail = await screen.findByRole("complementary", { name: /laptop shell/ });
  await within(detail).findByText("github:global:profile.read");
  await user.click(within(detail).getByRole("button", { name: "Narrow it to this" }));
  const sheet = await screen.findByRole("dialog", { name: "Update laptop shell" });
  expect(within(sheet).getByRole<HTMLInputElement>("radio", { name: /^Limited access/ }).checked).toBe(true);
  expect(within(sheet).getByRole("list", { name: "Changes" }).textContent).toContain("+ github:global:profile.read");
});
