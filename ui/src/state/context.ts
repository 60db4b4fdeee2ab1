import { getContext, setContext } from "svelte";
import type { Desk } from "./desk.svelte";
import type { ThemeState } from "./theme.svelte";

const KEY = Symbol("desk");
type Held = { desk: Desk; theme: ThemeState };

export const provideDesk = (held: Held): Held => setContext(KEY, held);
export const useDesk = (): Desk => getContext<Held>(KEY).desk;
export const useTheme = (): ThemeState => getContext<Held>(KEY).theme;
