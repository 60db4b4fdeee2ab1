/// <reference types="svelte" />
/// <reference types="vite/client" />

declare module "svelte/elements" {
  interface AriaAttributes {
    "aria-description"?: string | undefined | null;
  }
}

export {};
