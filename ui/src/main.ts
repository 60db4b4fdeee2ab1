import { mount } from "svelte";
import App from "./App.svelte";
import { commands } from "./ipc/commands";
import { openTransport } from "./ipc/transport";
import { Desk } from "./state/desk.svelte";
import { ThemeState } from "./state/theme.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

const theme = new ThemeState(new URLSearchParams(location.search).get("theme"));
const desk = new Desk(commands(await openTransport()));
mount(App, { target: document.getElementById("app")!, props: { desk, theme } });
void desk.open();
