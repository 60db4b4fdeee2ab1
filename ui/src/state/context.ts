import { getContext, setContext } from "svelte";
import type { Desk } from "./desk.svelte";
import type { LockState } from "./lock.svelte";
import type { LookState } from "./look.svelte";

const KEY = Symbol("desk");
type Held = { desk: Desk; look: LookState; lock: LockState | null };

export const provideDesk = (held: Held): Held => setContext(KEY, held);
export const useDesk = (): Desk => getContext<Held>(KEY).desk;
/** Null where nothing can cover the window. */
export const useLock = (): LockState | null => getContext<Held>(KEY).lock;
export const useLook = (): LookState => getContext<Held>(KEY).look;
