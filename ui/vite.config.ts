import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Relative, because the window loads the page from its own protocol.
  base: "./",
  build: { target: "safari15", outDir: "dist", emptyOutDir: true, assetsInlineLimit: 0 },
  server: { port: 5183, strictPort: true },
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  // Files share their worker's modules and page: loading both anew for each took a third of the time. `freshPage` clears the page.
  test: { environment: "jsdom", include: ["test/**/*.test.ts"], setupFiles: ["test/setup.ts"], isolate: false, restoreMocks: true, testTimeout: 20_000 },
});
