import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

import { App } from "../frame/App";
import type { Ipc } from "../ipc/ipc";
import { startMock } from "../ipc/mock";

/** A scene that stands still: nothing happens in it but what the test does. */
const STILL = "still";

/** The whole window on the stand-in, after its list is there; single methods can be replaced. */
export async function openWindow({ scene = STILL, replace = {} }: { scene?: string; replace?: Partial<Ipc> } = {}) {
  // Before rendering: it brings the clipboard that the stand-in copies to.
  const user = userEvent.setup();
  const ipc: Ipc = { ...startMock(scene), ...replace };
  render(<App ipc={ipc} />);
  await screen.findByText("Ada Lovelace", {}, { timeout: 10_000 });
  return { user, ipc };
}

/** The row of a token, by its name. */
export async function tokenRow(name: string): Promise<HTMLElement> {
  const button = await screen.findByRole("button", { name: `Update ${name}` });
  const row = button.closest<HTMLElement>('[role="row"]');
  if (row === null) {
    throw new Error(`${name} has no row`);
  }
  return row;
}

/** The names in the list, in its order. */
export function namesShown(): string[] {
  const list = screen.queryByRole("grid", { name: "Personal tokens" });
  return list === null ? [] : within(list).getAllByRole("button", { name: /^More for / }).map((button) => button.getAttribute("aria-label")?.replace("More for ", "") ?? "");
}

/** One of the four screens, by its place in the rail. */
export async function goTo(user: ReturnType<typeof userEvent.setup>, place: string): Promise<void> {
  await user.click(within(screen.getByRole("navigation", { name: "Main" })).getByRole("button", { name: place }));
}
