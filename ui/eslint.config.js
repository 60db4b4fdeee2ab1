// The arrows of the design as rules: views -> state -> ipc; components know neither; only ipc names Tauri.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const forbid = (files, ...patterns) => ({
  files: files.flatMap((folder) => [`src/${folder}/**/*.ts`, `src/${folder}/**/*.svelte`]),
  rules: { "no-restricted-imports": ["error", { patterns }] },
});
const tauri = { group: ["@tauri-apps", "@tauri-apps/*"], message: "Only src/ipc may know Tauri." };
const ipc = { regex: "/ipc/(?!bindings/)", message: "Go through src/state." };
const state = { group: ["**/state/**"], message: "Components get data in and send events out." };
const views = { group: ["**/views/**"], message: "Views are the top." };
const components = { group: ["**/components/**"], message: "State does not know the screen." };

export default ts.config(
  { ignores: ["dist", "node_modules", "src/ipc/bindings"] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: browserGlobals() },
    rules: {
      "no-undef": "off",
      "svelte/prefer-svelte-reactivity": "off",
      "svelte/no-navigation-without-resolve": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  { files: ["**/*.svelte", "**/*.svelte.ts"], languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } } },
  forbid(["views"], tauri, ipc),
  forbid(["state"], tauri, views, components),
  forbid(["components"], tauri, ipc, state, views),
  forbid(["i18n"], tauri, ipc, state, views, components),
  { files: ["src/*.ts", "src/*.svelte"], rules: { "no-restricted-imports": ["error", { patterns: [tauri] }] } },
);

function browserGlobals() {
  return { window: "readonly", document: "readonly", console: "readonly", process: "readonly" };
}
