import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { ActivityRow } from "../ipc/bindings/ActivityRow";
import type { Changed } from "../ipc/ipc";
import { startMock } from "../ipc/mock";
import { goTo, openWindow } from "../testing/window";

async function openActivity() {
  const mock = startMock("still");
  const listeners = new Set<(what: Changed) => void>();
  const extra: ActivityRow[] = [];
  const tokens = vi.fn(mock.tokens);
  const window = await openWindow({
    replace: {
      ...mock,
      tokens,
      onChanged: async (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      activity: async (filter) => [...extra, ...(await mock.activity(filter))],
    },
  });
  await goTo(window.user, "Activity");
  const [newest] = await mock.activity({ limit: 1 });
  const arrive = (change: Partial<ActivityRow>) => {
    if (newest !== undefined) {
      extra.unshift({ ...newest, sequence: newest.sequence + 1 + extra.length, ...change });
    }
    act(() => listeners.forEach((listener) => listener("activity")));
  };
  return { ...window, arrive, tokens };
}

const rows = () => within(screen.getByRole("grid", { name: "Requests, newest first" })).getAllByRole("row");

test("a request appears when the program announces it, and opens to its decision", async () => {
  const { user, ipc, arrive } = await openActivity();
  await screen.findByRole("grid");
  expect(screen.queryByText(/just-arrived/)).toBeNull();
  const editor = (await ipc.tokens()).find((row) => row.name === "Editor assistant");
  arrive({ token: editor?.id ?? null, token_name: "Editor assistant", method: "POST", operation: "POST /repos/{owner}/{repo}/issues", context: "repository=acme/just-arrived", decision: "refusal", refused_by: "gateway", reason: "insufficient_scope", status: 403 });
  await waitFor(() => expect(rows()[0]?.textContent).toContain("Refusal"), { timeout: 4_000 });
  const [first] = rows();
  if (first !== undefined) {
    await user.click(within(first).getByText("Editor assistant"));
  }
  const detail = screen.getByRole("complementary", { name: "Request" });
  within(detail).getByText("The token lacks a permission for this operation.");
  await within(detail).findByText("github:repository=acme/just-arrived:issues.write");
  await user.click(within(detail).getByRole("button", { name: "Add to token" }));
  const sheet = await screen.findByRole("dialog", { name: "Update Editor assistant" });
  expect(within(sheet).getByRole("list", { name: "Changes" }).textContent).toBe("+ github:repository=acme/just-arrived:issues.write");
});

test("a held list takes no new row until it is resumed", async () => {
  const { user, arrive, tokens } = await openActivity();
  await screen.findByRole("grid");
  await user.click(screen.getByRole("button", { name: "Pause the list" }));
  tokens.mockClear();
  arrive({ service: "held-back" });
  // The tokens are read again by the same announcement: once they are, the list would have been, too.
  await waitFor(() => expect(tokens).toHaveBeenCalled(), { timeout: 4_000 });
  expect(screen.queryByText(/held-back/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "Resume the list" }));
  await screen.findByText(/held-back/);
});

test("refusals alone, and words, narrow the list; clearing widens it again", async () => {
  const { user } = await openActivity();
  await screen.findByRole("grid");
  await user.click(screen.getByRole("button", { name: /Decision/ }));
  await user.click(await screen.findByRole("option", { name: "Refused only" }));
  await waitFor(() => expect(rows().every((row) => row.textContent?.includes("Refusal"))).toBe(true));
  await user.type(screen.getByRole("searchbox", { name: "Search activity" }), "no such thing");
  await screen.findByRole("heading", { name: "No request matches." });
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(rows().some((row) => row.textContent?.includes("Permit"))).toBe(true));
});

test("what the service itself refused is told from what the gateway refused, and can be seen alone", async () => {
  const { user } = await openActivity();
  await screen.findByRole("grid");
  await user.click(screen.getByRole("button", { name: /Decision/ }));
  await user.click(await screen.findByRole("option", { name: "Refused by the service" }));
  await waitFor(() => expect(rows().every((row) => row.textContent?.includes("Refused by the service"))).toBe(true));
  const [first] = rows();
  if (first !== undefined) {
    await user.click(within(first).getByText("Refused by the service"));
  }
  const detail = screen.getByRole("complementary", { name: "Request" });
  within(detail).getByText("The token allows it, and the request was forwarded; the service itself refused it.");
  within(detail).getByText("github says that this operation accepts: contents=read.");
  within(detail).getByRole("heading", { name: "GET /repos/{owner}/{repo}/contents/{path}" });
});
