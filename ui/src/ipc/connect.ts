import type { Ipc } from "./ipc";

/** The program where there is one; its stand-in in a plain browser. */
export async function connect(): Promise<Ipc> {
  if ("__TAURI_INTERNALS__" in window) {
    return (await import("./client")).client;
  }
  const { startMock } = await import("./mock");
  return startMock(new URLSearchParams(window.location.search).get("scene") ?? "everyday");
}
