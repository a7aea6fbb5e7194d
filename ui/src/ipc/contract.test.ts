import { invoke } from "@tauri-apps/api/core";
import { expect, test, vi } from "vitest";

import { client } from "./client";
import { startMock } from "./mock";

vi.mock("@tauri-apps/api/core", () => ({ invoke: vi.fn(async () => null) }));

const EVENTS = ["onChanged", "onNavigate"];

test("the stand-in has every method of the program's client, and no other", () => {
  expect(Object.keys(startMock("still")).sort()).toEqual(Object.keys(client).sort());
});

test("each method asks for the command of its own name", async () => {
  for (const [name, method] of Object.entries(client).filter(([each]) => !EVENTS.includes(each))) {
    vi.mocked(invoke).mockClear();
    await (method as (...inputs: unknown[]) => Promise<unknown>)("one", "two");
    const command = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(vi.mocked(invoke).mock.calls[0]?.[0], name).toBe(command);
  }
});

test("what the owner left out is left out of the command, too", async () => {
  vi.mocked(invoke).mockClear();
  await client.pause();
  await client.unlock();
  await client.permissions("github");
  expect(vi.mocked(invoke).mock.calls).toEqual([["pause", {}], ["unlock", {}], ["permissions", { service: "github" }]]);
});
