/** Entry of every page: htmx, the islands, and what is always on. */
import { htmx } from "./htmx";
import { boot } from "./boot";
import { startFormErrors, startRefresh, startRefusals } from "./page";
import { startMenus } from "./menu";
import { startShortcuts } from "./shortcuts";
import { startLive } from "./live";
import { startLooking } from "./looking";
import { startWaiting } from "./lib/waiting";

document.addEventListener("htmx:load", (event) => boot((event as CustomEvent<{ elt: HTMLElement }>).detail.elt));
startWaiting();
startMenus();
startShortcuts();
startRefresh();
startFormErrors();
startRefusals();
startLive();
startLooking();
boot();
if (document.readyState !== "loading") htmx.process(document.body);
