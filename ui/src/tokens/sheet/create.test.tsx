import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Explanation } from "../../ipc/bindings/Explanation";
import type { NewSecret } from "../../ipc/bindings/NewSecret";
import type { Trial } from "../../ipc/bindings/Trial";
import { startMock } from "../../ipc/mock";
import { namesShown, openWindow } from "../../testing/window";

type Window = Awaited<ReturnType<typeof openWindow>>;

async function openSheet({ user }: Window): Promise<HTMLElement> {
  await user.click(screen.getByRole("button", { name: "New personal token" }));
  return screen.findByRole("dialog", { name: "New personal token" });
}

async function choose({ user }: Window, sheet: HTMLElement, field: RegExp, choice: string) {
  await user.click(await within(sheet).findByRole("button", { name: field }));
  await user.click(await screen.findByRole("option", { name: choice }));
}

async function addContext(window: Window, sheet: HTMLElement, service: string) {
  await choose(window, sheet, /Service$/, service);
  const adding = within(sheet).getByRole("group", { name: "Add context" });
  await within(adding).findByRole("button", { name: /Context$/ });
  await window.user.click(within(adding).getByRole("button", { name: "Add context" }));
  return within(sheet).findByRole("region", { name: `${service}, global` });
}

/** A token with full access, up to where its secret is shown. */
async function createEverything(options?: Parameters<typeof openWindow>[0]) {
  const window = await openWindow(options);
  const { user } = window;
  const sheet = await openSheet(window);
  await user.type(within(sheet).getByRole("textbox", { name: "Name" }), "everything");
  await user.click(within(sheet).getByRole("radio", { name: "Full access" }));
  await user.click(within(sheet).getByRole("button", { name: "Create" }));
  return { user, once: await screen.findByRole("dialog", { name: "Copy your token" }) };
}

test("a limited token is named, limited, created, shown once, and then its secret is nowhere", async () => {
  let made: NewSecret | undefined;
  const mock = startMock("still");
  const window = await openWindow({
    replace: {
      ...mock,
      createToken: async (token) => (made = await mock.createToken(token)),
    },
  });
  const { user } = window;
  const sheet = await openSheet(window);
  await user.type(within(sheet).getByRole("textbox", { name: "Name" }), "release-bot");
  await user.click(within(sheet).getByRole("radio", { name: "Limited access" }));
  const block = await addContext(window, sheet, "github");
  await user.click(await within(block).findByRole("checkbox", { name: "Read issues" }));
  expect(within(sheet).getByText(/“release-bot” can read issues in all of github\. It can't delete or make credentials\. Up to 2 of 942 operations\./)).toBeDefined();
  await user.click(within(sheet).getByRole("button", { name: "Create" }));

  const once = await screen.findByRole("dialog", { name: "Copy your token" });
  const secret = made?.token ?? "";
  const field = within(once).getByRole<HTMLTextAreaElement>("textbox", { name: "Token" });
  expect(secret).toMatch(/^vkey_\w{8}_\w{38}$/);
  expect(field.value).toMatch(/^vkey_\w{8}_•{38}$/);
  expect(document.documentElement.outerHTML).not.toContain(secret);
  await user.click(within(once).getByRole("button", { name: "Show" }));
  expect(field.value).toBe(secret);

  await user.click(within(once).getByRole("button", { name: "Close" }));
  const asks = await screen.findByRole("alertdialog", { name: "Close without copying?" });
  await user.click(within(asks).getByRole("button", { name: "Go back and copy" }));
  await user.click(within(await screen.findByRole("dialog", { name: "Copy your token" })).getByRole("button", { name: "Copy" }));
  await screen.findByRole("button", { name: "Copied · clears in 30 s" });
  expect(await navigator.clipboard.readText()).toBe(secret);
  await user.click(screen.getByRole("button", { name: "Done" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(namesShown()).toContain("release-bot");
  expect(document.documentElement.outerHTML).not.toContain(secret);
  expect([...document.querySelectorAll("input, textarea")].map((each) => (each as HTMLInputElement).value)).not.toContain(secret);
});

test("a request that is tried first says what a new token needs, and the form takes it over", async () => {
  const window = await openWindow();
  const { user } = window;
  const sheet = within(await openSheet(window));
  await user.click(sheet.getByRole("radio", { name: "Limited access" }));
  const url = sheet.getByRole("textbox", { name: "Path or URL" });
  await user.clear(url);
  await user.type(url, "/github/repos/acme/site/issues{Enter}");
  await sheet.findByText("Refused");
  await user.click(sheet.getByRole("button", { name: "Add to token" }));
  await sheet.findByText("Allowed");
  const context = within(sheet.getByRole("region", { name: "github, repository acme/site" }));
  expect((await context.findByRole<HTMLInputElement>("checkbox", { name: "Read issues" })).checked).toBe(true);
  await user.click(sheet.getByRole("radio", { name: "Full access" }));
  await sheet.findByText("Full access allows everything that you can do.");
});

test("where the body decides, the answer lists what it could ask for, and a body can be tried", async () => {
  const body = [
    { operation: "POST /query {read}", decision: "permit", if_named: false },
    { operation: "POST /query {write}", decision: "refusal", if_named: false },
    { operation: "POST /query {rename}", decision: "permit", if_named: true },
  ] as const;
  const tryScope = vi.fn(async (trial: Trial): Promise<Explanation> => (trial.body === undefined ? { decision: "permit", operation: "POST /query", body: [...body], reason: "It depends on the body." } : { decision: "refusal", operation: "POST /query {write}", reason: "The token lacks it." }));
  const window = await openWindow({ replace: { tryScope } });
  const sheet = within(await openSheet(window));
  await window.user.click(sheet.getByRole("radio", { name: "Full access" }));
  await window.user.type(sheet.getByRole("textbox", { name: "Path or URL" }), "query{Enter}");
  await sheet.findByText("Depends on the body");
  const lines = within(sheet.getByRole("list", { name: "By what the body asks for:" })).getAllByRole("listitem");
  expect(lines.map((line) => line.textContent)).toEqual(["AllowedPOST /query {read}", "RefusedPOST /query {write}", "AllowedPOST /query {rename}if the service says that a grant is for what it names"]);
  await window.user.type(sheet.getByRole("textbox", { name: /^Body/ }), "write");
  await window.user.click(sheet.getByRole("button", { name: "Try" }));
  await sheet.findByText("The token lacks it.");
  expect(tryScope.mock.lastCall?.[0].body).toEqual({ content_type: "application/json", text: "write" });
});

test("closed uncopied after being asked, the secret is gone as well", async () => {
  const { user, once } = await createEverything();
  await user.click(within(once).getByRole("button", { name: "Show" }));
  const secret = within(once).getByRole<HTMLTextAreaElement>("textbox", { name: "Token" }).value;
  await user.keyboard("{Escape}");
  await user.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Close anyway" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(document.documentElement.outerHTML).not.toContain(secret);
});

test("a clipboard that takes nothing leaves the token selected, to be copied by hand", async () => {
  const { user, once } = await createEverything({ replace: { copySecret: () => Promise.reject(new Error("no clipboard")) } });
  await user.click(within(once).getByRole("button", { name: "Copy" }));
  await within(once).findByText("The clipboard did not take it. It is selected; copy it by hand.");
  const field = within(once).getByRole<HTMLTextAreaElement>("textbox", { name: "Token" });
  await waitFor(() => expect(document.activeElement).toBe(field));
  expect(field.value.slice(field.selectionStart, field.selectionEnd)).toMatch(/^vkey_\w{8}_\w{38}$/);
});

test("Create is disabled while the form is invalid, and says why", async () => {
  const window = await openWindow();
  const { user } = window;
  const sheet = await openSheet(window);
  const create = within(sheet).getByRole<HTMLButtonElement>("button", { name: "Create" });
  const name = within(sheet).getByRole("textbox", { name: "Name" });
  const says = async (why: string) => {
    await within(sheet).findAllByText(why);
    expect(create.disabled).toBe(true);
  };
  await says("Give it a name.");
  await user.type(name, "CI-Writer");
  await says("A token named “CI-Writer” exists already.");
  await user.type(name, " two");
  await says("Choose Full access or Limited access.");
  await user.click(within(sheet).getByRole("radio", { name: "Limited access" }));
  await says("Add a context and select at least one permission.");
  const block = await addContext(window, sheet, "sandbox");
  await says("Select at least one permission.");
  await user.click(await within(block).findByRole("checkbox", { name: "View namespaces" }));
  await waitFor(() => expect(create.disabled).toBe(false));
  await user.click(within(sheet).getByRole("radio", { name: "On a date" }));
  await user.type(within(sheet).getByRole("textbox", { name: "Date" }), "2001-02-03");
  await says("Give a date that is still to come.");
});

test("a refused create keeps the form as filled in and shows the message", async () => {
  const createToken = vi.fn(() => Promise.reject({ code: "not_saved", message: "The disk is full.", hint: "Nothing was created." }));
  const window = await openWindow({ replace: { createToken } });
  const { user } = window;
  const sheet = await openSheet(window);
  const name = within(sheet).getByRole<HTMLInputElement>("textbox", { name: "Name" });
  await user.type(name, "release-bot");
  await user.click(within(sheet).getByRole("radio", { name: "Full access" }));
  await user.click(within(sheet).getByRole("button", { name: "Create" }));
  expect((await within(sheet).findByRole("alert")).textContent).toBe("The disk is full. Nothing was created.");
  expect(name.value).toBe("release-bot");
  expect(within(sheet).getByRole<HTMLInputElement>("radio", { name: "Full access" }).checked).toBe(true);
  expect(createToken).toHaveBeenCalledTimes(1);
});

test("nothing is preselected; what comes with a pick is ticked and locked, what the owner lacks is locked and says why", async () => {
  const window = await openWindow();
  const { user } = window;
  const sheet = await openSheet(window);
  expect(within(sheet).getAllByRole<HTMLInputElement>("radio").filter((each) => each.checked).map((each) => each.value)).toEqual(["never"]);
  await user.click(within(sheet).getByRole("radio", { name: "Limited access" }));
  const block = await addContext(window, sheet, "github");
  const box = (name: string) => within(block).getByRole<HTMLInputElement>("checkbox", { name });
  await within(block).findByRole("checkbox", { name: "Write issues" });
  expect(within(block).getAllByRole<HTMLInputElement>("checkbox").filter((each) => each.checked)).toEqual([]);

  await user.click(box("Write issues"));
  expect(box("Read issues").checked).toBe(true);
  expect(box("Read issues").disabled).toBe(true);
  expect(within(block).getByText("· Comes with Write issues")).toBeDefined();

  const lacked = box("Write gists");
  expect(lacked.disabled).toBe(true);
  const about = document.getElementById(lacked.getAttribute("aria-describedby")?.split(" ")[0] ?? "");
  expect(about?.textContent).toContain("Your credential for github lacks the scope gist.");
});

test("a group never picks what makes credentials", async () => {
  const window = await openWindow();
  const { user } = window;
  const sheet = await openSheet(window);
  await user.click(within(sheet).getByRole("radio", { name: "Limited access" }));
  const block = await addContext(window, sheet, "github");
  await user.click(await within(block).findByRole("checkbox", { name: "Account" }));
  expect(within(block).getByRole<HTMLInputElement>("checkbox", { name: "Read profile" }).checked).toBe(true);
  expect(within(block).getByRole<HTMLInputElement>("checkbox", { name: "Write SSH keys" }).checked).toBe(false);
});
