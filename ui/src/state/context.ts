import { getContext, setContext } from "svelte";
import type { Desk } from "./desk.svelte";
import type { LookState } from "./look.svelte";

const KEY = Symbol("desk");
type Held = { desk: Desk; look: LookState };

export const provideDesk = (held: Held): Held => setContext(KEY, held);
export const useDesk = (): Desk => getContext<Held>(KEY).desk;
export const useLook = (): LookState => getContext<Held>(KEY).look;
