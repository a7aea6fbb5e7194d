import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";

// Testing Library cleans up by itself only where the test functions are global; here they are imported.
afterEach(cleanup);

// What jsdom lacks and React Aria asks for.
beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.getAnimations ??= () => [];
  globalThis.CSS ??= { escape: (text: string) => text.replace(/[^\w-]/g, "\\$&") } as typeof CSS;
});
