import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { startMock } from "../ipc/mock";
import { namesShown, openWindow, tokenRow } from "../testing/window";

const search = () => screen.getByRole<HTMLInputElement>("searchbox", { name: "Search tokens" });

test("Revoke asks by name; then the token is off the list and under the Revoked chip", async () => {
  const { user } = await openWindow();
  await tokenRow("ci-writer");
  await user.click(screen.getByRole("button", { name: "More for ci-writer" }));
  await user.click(await screen.findByRole("menuitem", { name: "Revoke" }));
  const asks = await screen.findByRole("alertdialog", { name: "Revoke “ci-writer”?" });
  expect(namesShown()).toEqual([]);
  await user.click(within(asks).getByRole("button", { name: "Revoke" }));
  await screen.findByText("Revoked “ci-writer”. Requests with it now fail.");
  await waitFor(() => expect(namesShown()).not.toContain("ci-writer"));
  expect(namesShown()).toContain("laptop shell");
  await user.click(screen.getByRole("button", { name: "Revoked" }));
  expect(namesShown().sort()).toEqual(["ci-writer", "contractor"]);
});

test("Cancel at the question revokes nothing", async () => {
  const mock = startMock("still");
  const revokeTokens = vi.fn(mock.revokeTokens);
  const { user } = await openWindow({ replace: { ...mock, revokeTokens } });
  (await tokenRow("ci-writer")).focus();
  await user.keyboard("{Delete}");
  const asks = await screen.findByRole("alertdialog", { name: "Revoke “ci-writer”?" });
  expect(document.activeElement).toBe(within(asks).getByRole("button", { name: "Cancel" }));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(namesShown()).toContain("ci-writer"));
  expect(revokeTokens).not.toHaveBeenCalled();
});

test("a revocation that failed is told in the question, which stays open", async () => {
  const { user } = await openWindow({ replace: { revokeTokens: () => Promise.reject({ code: "in_force_not_saved", message: "It is in force and not saved yet." }) } });
  (await tokenRow("ci-writer")).focus();
  await user.keyboard("{Delete}");
  await user.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Revoke" }));
  expect((await within(screen.getByRole("alertdialog")).findByRole("alert")).textContent).toBe("It is in force and not saved yet.");
});

test("several are revoked at once by one answer that names them", async () => {
  const { user } = await openWindow();
  await tokenRow("ci-writer");
  await user.click(screen.getByRole("checkbox", { name: "Select ci-writer" }));
  await user.click(screen.getByRole("checkbox", { name: "Select laptop shell" }));
  await user.click(within(screen.getByRole("group", { name: "2 selected" })).getByRole("button", { name: "Revoke 2 tokens" }));
  const asks = await screen.findByRole("alertdialog", { name: "Revoke 2 tokens?" });
  expect(asks.textContent).toContain("ci-writer and laptop shell");
  await user.click(within(asks).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(namesShown()).toHaveLength(5));
});

test("search by service and by permission finds what reaches there, full access included", async () => {
  const { user } = await openWindow();
  await tokenRow("ci-writer");
  await user.type(search(), "service:billing");
  expect(namesShown().sort()).toEqual(["laptop shell", "nightly report"]);
  await user.clear(search());
  await user.type(search(), "can:pulls.read");
  expect(namesShown().sort()).toEqual(["Editor assistant", "laptop shell", "old deploy script"]);
  await user.clear(search());
  await user.type(search(), "unused:90d");
  expect(namesShown()).toEqual(["old deploy script"]);
  await user.clear(search());
  await user.type(search(), "every night");
  expect(namesShown()).toEqual(["nightly report"]);
});

test("each chip leaves what it names; no match offers to clear", async () => {
  const { user } = await openWindow();
  await tokenRow("ci-writer");
  const chips = within(screen.getByRole("group", { name: "Filter tokens" }));
  for (const [chip, names] of Object.entries({ Expiring: ["Editor assistant", "nightly report"], "Full access": ["laptop shell"], Disabled: ["old deploy script"], Revoked: ["contractor"] })) {
    await user.click(chips.getByRole("button", { name: chip }));
    expect(namesShown().sort(), chip).toEqual(names);
  }
  await user.type(search(), "nothing is called so");
  await screen.findByRole("heading", { name: "No token matches." });
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(namesShown()).toHaveLength(7);
});

test("a hundred thousand tokens are searched, and only those in sight are drawn", async () => {
  await openWindow({ scene: "many" });
  await screen.findByRole("button", { name: "Update ci-writer" }, { timeout: 10_000 });
  expect(namesShown().length).toBeLessThan(60);
  fireEvent.change(search(), { target: { value: "job-099999" } });
  expect(namesShown()).toEqual(["job-099999"]);
});

test("first use offers to connect a service and the sandbox", async () => {
  const { user } = await openWindow({ scene: "first" });
  await screen.findByRole("heading", { name: "No token yet" });
  await user.click(screen.getByRole("button", { name: "Try the sandbox" }));
  const sheet = await screen.findByRole("dialog", { name: "Connect a service" });
  await user.click(within(sheet).getByRole("button", { name: "Connect" }));
  await screen.findByText("Connected sandbox.");
  await screen.findByText("Create the first one: name it after the program that will hold it.");
});
