/** Entry of every page: htmx, the islands, and what is always on. */
import { htmx } from "./htmx";
import { boot } from "./boot";
import { startFormErrors, startRefresh } from "./page";
import { startMenus } from "./menu";
import { startShortcuts } from "./shortcuts";
import { startLive } from "./live";

document.addEventListener("htmx:load", (event) => boot((event as CustomEvent<{ elt: HTMLElement }>).detail.elt));
startMenus();
startShortcuts();
startRefresh();
startFormErrors();
startLive();
boot();
if (document.readyState !== "loading") htmx.process(document.body);
