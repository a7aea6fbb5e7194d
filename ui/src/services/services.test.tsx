import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { startMock } from "../ipc/mock";
import { goTo, openWindow } from "../testing/window";

async function openServices(scene = "still") {
  const mock = startMock(scene);
  const addService = vi.fn(mock.addService);
  const replaceCredential = vi.fn(mock.replaceCredential);
  const window = await openWindow({ replace: { ...mock, addService, replaceCredential } });
  await goTo(window.user, "Services");
  return { ...window, addService, replaceCredential };
}

type Window = Awaited<ReturnType<typeof openServices>>;

async function connect({ user }: Window, kind: RegExp) {
  await user.click(screen.getByRole("button", { name: "Connect a service" }));
  const sheet = await screen.findByRole("dialog", { name: "Connect a service" });
  await user.click(within(sheet).getByRole("option", { name: kind }));
  return sheet;
}

const card = (name: string) => screen.findByRole("listitem", { name });

test("the sandbox is connected without anything to paste", async () => {
  const window = await openServices("first");
  const sheet = await connect(window, /^Sandbox/);
  expect(within(sheet).queryByLabelText("Master credential")).toBeNull();
  await window.user.click(within(sheet).getByRole("button", { name: "Connect" }));
  await card("sandbox");
  expect(window.addService).toHaveBeenCalledWith({ name: "sandbox", kind: "sandbox" });
});

test("any REST API is connected with its URL, its header and a credential that is nowhere afterwards", async () => {
  const window = await openServices();
  const { user } = window;
  const sheet = await connect(window, /^Any REST API/);
  const submit = within(sheet).getByRole<HTMLButtonElement>("button", { name: "Connect" });
  within(sheet).getByText("Give it a name of lower-case letters, digits and -.");
  await user.type(within(sheet).getByRole("textbox", { name: "Name" }), "weather");
  within(sheet).getByText("Give the base URL, beginning with https:// or http://.");
  await user.type(within(sheet).getByRole("textbox", { name: "Base URL" }), "https://weather.example.com/v1");
  within(sheet).getByText("Paste the master credential.");
  expect(submit.disabled).toBe(true);
  const credential = within(sheet).getByLabelText<HTMLInputElement>("Master credential");
  expect(credential.type).toBe("password");
  expect(credential.value).toBe("");
  await user.type(credential, "swordfish-42");
  await user.click(within(sheet).getByRole("button", { name: /How the credential is sent/ }));
  await user.click(await screen.findByRole("option", { name: "In a header of its own" }));
  within(sheet).getByText("Say which word, user or header.");
  await user.type(within(sheet).getByRole("textbox", { name: "Header name" }), "X-Api-Key");
  await user.click(submit);
  const made = await card("weather");
  expect(window.addService).toHaveBeenCalledWith({ name: "weather", kind: "rest", base_url: "https://weather.example.com/v1", credential: "swordfish-42", credential_form: "header:X-Api-Key" });
  expect(within(made).getByText("https://weather.example.com/v1")).toBeDefined();
  expect(document.documentElement.outerHTML).not.toContain("swordfish-42");
});

test("a refused credential keeps the form as filled in", async () => {
  const window = await openServices("first");
  const { user } = window;
  const sheet = await connect(window, /^GitHub/);
  const credential = within(sheet).getByLabelText<HTMLInputElement>("Master credential");
  await user.type(credential, "wrong");
  await user.click(within(sheet).getByRole("button", { name: "Connect" }));
  expect((await within(sheet).findByRole("alert")).textContent).toBe("GitHub refused the credential (401). Make a new one there and paste it again.");
  expect(credential.value).toBe("wrong");
});

test("a credential is replaced unseen, and the old one stays when the new one is refused", async () => {
  const { user, replaceCredential } = await openServices();
  await user.click(within(await card("github")).getByRole("button", { name: "Replace credential" }));
  const dialog = await screen.findByRole("dialog", { name: "Replace the credential of github" });
  const field = within(dialog).getByLabelText<HTMLInputElement>("New credential");
  expect(field.type).toBe("password");
  await user.type(field, "wrong");
  await user.click(within(dialog).getByRole("button", { name: "Replace credential" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("The old one stays.");
  await user.clear(field);
  await user.type(field, "swordfish-43{Enter}");
  await screen.findByText("Replaced the credential of github. Every token keeps working.");
  expect(replaceCredential).toHaveBeenLastCalledWith("github", "swordfish-43");
  expect(document.documentElement.outerHTML).not.toContain("swordfish-43");
});

test("Remove names the tokens that stop", async () => {
  const { user } = await openServices();
  await user.click(within(await card("github")).getByRole("button", { name: "Remove" }));
  const asks = await screen.findByRole("alertdialog", { name: "Remove github?" });
  expect(asks.textContent).toContain("These tokens stop working there: ci-writer, Editor assistant, old deploy script and conference demo.");
  await user.click(within(asks).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(screen.queryByRole("listitem", { name: "github" })).toBeNull());
  await card("sandbox");
});

test("a check that fails is told on the card", async () => {
  const { user } = await openWindow({ scene: "locked" });
  await goTo(user, "Services");
  const github = await card("github");
  await user.click(within(github).getByRole("button", { name: "Check" }));
  expect((await within(github).findByRole("alert")).textContent).toBe("The vault is locked. Unlock it first.");
});

test("a card says what the owner may do, who said so, and when the credential ends", async () => {
  await openServices();
  const github = await card("github");
  within(github).getByText(/As the service told/);
  within(github).getByText("Scopes: repo, read:org");
  within(github).getByText(/^Ends on .* Replace it before then\.$/);
  expect(within(github).queryByRole("button", { name: "Say what you may do" })).toBeNull();
});

test("where the service does not say it, the owner does", async () => {
  const { user } = await openServices();
  await user.click(within(await card("billing")).getByRole("button", { name: "Say what you may do" }));
  const dialog = await screen.findByRole("dialog", { name: "What you may do in billing" });
  await user.click(within(dialog).getByRole("radio", { name: "These permissions" }));
  const submit = within(dialog).getByRole<HTMLButtonElement>("button", { name: "Say what you may do" });
  expect(submit.disabled).toBe(true);
  await user.type(within(dialog).getByRole("textbox", { name: "Permissions" }), "global:read");
  await user.click(submit);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  within(await card("billing")).getByText(/As you declared/);
});

test("the card says when the service itself told its definition", async () => {
  const mock = startMock("still");
  const services = async () => (await mock.services()).map((row) => ({ ...row, definition_read: row.name === "github" ? Date.UTC(2026, 10, 24, 12) : null }));
  const { user } = await openWindow({ replace: { ...mock, services } });
  await goTo(user, "Services");
  expect(within(await card("github")).getByText(/^Read from the service on .*2026/)).toBeDefined();
  expect(screen.getAllByText(/^Read from the service/)).toHaveLength(1);
});
