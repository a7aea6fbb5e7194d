import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// A default export is what Vite reads; the house rule against them holds for src/.
export default defineConfig({
  plugins: [react()],
  // Relative, so that the same build opens from tauri://localhost and from a plain file server.
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  preview: { port: 4173, strictPort: true, host: "127.0.0.1" },
  build: { target: "safari15", assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    restoreMocks: true,
    testTimeout: 15_000,
  },
});
