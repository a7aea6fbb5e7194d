import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Place } from "../ipc/ipc";
import { startMock } from "../ipc/mock";
import { goTo, openWindow, tokenRow } from "../testing/window";

test("a locked vault says so, takes its passphrase, and keeps asking when that is wrong", async () => {
  const { user } = await openWindow({ scene: "locked" });
  await screen.findByText(/The vault is locked\. Tokens are listed/);
  await user.click(screen.getByRole("button", { name: "Unlock" }));
  const dialog = await screen.findByRole("dialog", { name: "Unlock the vault" });
  const passphrase = within(dialog).getByLabelText<HTMLInputElement>("Passphrase");
  expect(passphrase.type).toBe("password");
  await user.click(within(dialog).getByRole("button", { name: "Unlock" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("That is not the passphrase of the vault file.");
  await user.type(passphrase, "correct horse{Enter}");
  await waitFor(() => expect(screen.queryByText(/The vault is locked/)).toBeNull());
  expect(screen.queryByRole("dialog")).toBeNull();
  await screen.findByText("Listening on 127.0.0.1:7743");
});

test("a taken port says by what, and can be tried again from the settings", async () => {
  const mock = startMock("port");
  const changeSettings = vi.fn(mock.changeSettings);
  const { user } = await openWindow({ replace: { ...mock, changeSettings } });
  await screen.findByText(/Port 7743 is taken by node \(pid 5120\)\./);
  await user.click(screen.getByRole("button", { name: "Change port" }));
  const gateway = await screen.findByRole("region", { name: "Gateway" });
  changeSettings.mockRejectedValueOnce({ code: "port_taken", message: "Port 7743 is still taken." });
  await user.click(within(gateway).getByRole("button", { name: "Try again" }));
  await within(gateway).findByText("Port 7743 is still taken.");
  await user.click(within(gateway).getByRole("button", { name: "Try again" }));
  expect(changeSettings).toHaveBeenLastCalledWith({ port: 7743 });
  await waitFor(() => expect(screen.queryByText(/is taken by node/)).toBeNull());
});

test("another port is saved; one that is none is not offered to be", async () => {
  const { user } = await openWindow();
  await goTo(user, "Settings");
  const port = await screen.findByRole("textbox", { name: "Port" });
  await user.clear(port);
  await user.type(port, "70000");
  await screen.findByText("A port is a number from 1 to 65535.");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  await user.clear(port);
  await user.type(port, "7800{Enter}");
  await screen.findByText("Listening on 127.0.0.1:7800");
});

test("the gateway is paused from its place in the rail, and resumed from the banner", async () => {
  const { user } = await openWindow();
  await user.click(screen.getByRole("button", { name: /Listening on/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Pause until resumed" }));
  await screen.findByText("The gateway is paused. Every request is answered with 503.");
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await screen.findByText("Listening on 127.0.0.1:7743");
});

test("Ctrl+N, /, Esc, Ctrl+comma and ? do what the list of keys says", async () => {
  const { user } = await openWindow();
  await tokenRow("ci-writer");
  await user.keyboard("{Control>}n{/Control}");
  await screen.findByRole("dialog", { name: "New personal token" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  await user.keyboard("/");
  const search = screen.getByRole<HTMLInputElement>("searchbox", { name: "Search tokens" });
  expect(document.activeElement).toBe(search);
  await user.keyboard("nightly");
  expect(search.value).toBe("nightly");
  await user.keyboard("{Escape}");
  expect(search.value).toBe("");

  await user.click(within(await tokenRow("ci-writer")).getByText("ci-writer"));
  screen.getByRole("complementary", { name: "Details of ci-writer" });
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();

  await user.keyboard("?");
  await user.click(within(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).getByRole("button", { name: "Close" }));
  await user.keyboard("{Control>},{/Control}");
  await screen.findByRole("heading", { name: "Settings" });
});

test("arrows move through the list, Enter opens, Space selects, Ctrl+D begins from the same permissions", async () => {
  const { user } = await openWindow();
  (await tokenRow("ci-writer")).focus();
  await user.keyboard("{ArrowDown}");
  await waitFor(async () => expect(document.activeElement).toBe(await tokenRow("Editor assistant")));
  await user.keyboard(" ");
  screen.getByRole("group", { name: "1 selected" });
  await user.keyboard("{Enter}");
  screen.getByRole("complementary", { name: "Details of Editor assistant" });
  await user.keyboard("{Control>}d{/Control}");
  const sheet = await screen.findByRole("dialog", { name: "New personal token" });
  within(sheet).getByRole("region", { name: "github, repository acme/api" });
});

test("a token is made by the keyboard alone, Ctrl+Enter at the end", async () => {
  const { user } = await openWindow();
  await tokenRow("ci-writer");
  await user.keyboard("{Control>}n{/Control}");
  await screen.findByRole("dialog", { name: "New personal token" });
  await user.keyboard("typed only{Tab}{Tab}{ArrowDown}");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByRole("dialog", { name: "Copy your token" });
});

test("the tray's New personal token opens the sheet", async () => {
  let navigate: ((place: Place) => void) | undefined;
  await openWindow({
    replace: {
      onNavigate: async (listener) => {
        navigate = listener;
        return () => undefined;
      },
    },
  });
  await tokenRow("ci-writer");
  act(() => navigate?.("new_token"));
  await screen.findByRole("dialog", { name: "New personal token" });
});

test("a program that does not answer is told about, not shown as an empty list", async () => {
  await openWindow({ replace: { tokens: () => Promise.reject({ code: "internal", message: "The database is gone." }) } });
  await screen.findByRole("heading", { name: "This could not be read" });
  await screen.findByText("The database is gone.");
});
