import { mount } from "svelte";
import Root from "./Root.svelte";
import { commands } from "./ipc/commands";
import { openTransport } from "./ipc/transport";
import { LookState } from "./state/look.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

const look = new LookState(new URLSearchParams(location.search).get("theme"));
mount(Root, { target: document.getElementById("app")!, props: { api: commands(await openTransport()), look } });
