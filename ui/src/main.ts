import { mount } from "svelte";
import App from "./App.svelte";
import { commands } from "./ipc/commands";
import { openTransport } from "./ipc/transport";
import { Desk } from "./state/desk.svelte";
import { LookState } from "./state/look.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

const look = new LookState(new URLSearchParams(location.search).get("theme"));
const desk = new Desk(commands(await openTransport()));
mount(App, { target: document.getElementById("app")!, props: { desk, look } });
void desk.open();
