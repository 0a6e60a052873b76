/** htmx, set up strictly: nothing of an answer is ever executed, only its own origin is asked. */
import htmx from "htmx.org";
import { alarm, token } from "./lib/server";
import { word } from "./lib/dom";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  defaultSettleDelay: 0,
  defaultSwapDelay: 0,
  addedClass: "wf-added",
  settlingClass: "wf-settling",
  swappingClass: "wf-swapping",
  requestClass: "wf-requesting",
  indicatorClass: "wf-indicator",
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "403", swap: true, error: false },
    { code: "409", swap: true, error: false },
    { code: "422", swap: true, error: false },
    { code: "...", swap: false, error: true },
  ],
});

type HtmxEvent = CustomEvent<{ verb: string; headers: Record<string, string>; elt: HTMLElement; xhr: XMLHttpRequest }>;

let running = 0;
const busy = (by: number) => {
  running = Math.max(0, running + by);
  document.body.classList.toggle("wf-busy", running > 0);
};

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers } = (event as HtmxEvent).detail;
  if (verb !== "get") headers["X-CSRFToken"] = token();
});
document.addEventListener("htmx:beforeRequest", () => busy(1));
document.addEventListener("htmx:afterRequest", (event) => {
  busy(-1);
  if ((event as HtmxEvent).detail.xhr.status < 400) alarm("");
});
document.addEventListener("htmx:sendError", (event) => {
  const asked = (event as CustomEvent<{ requestConfig: { elt: Element; verb: string } }>).detail.requestConfig;
  alarm(word(asked.verb !== "get" && asked.elt.matches("form.wf-form, form[data-composer]") ? "unsent" : "offline"));
});
document.addEventListener("htmx:responseError", () => alarm(word("failed")));

export { htmx };
