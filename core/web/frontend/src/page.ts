/** Whole-page behaviour: soft refresh of the present address, first wrong field, tabs, double sending. */
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { htmx } from "./htmx";
import { boot } from "./boot";
import { all, one } from "./lib/dom";
import { refused } from "./lib/refusal";
import { send } from "./lib/server";

/** Forms with words that are not sent yet: what comes afterwards leaves them as they are. */
const begun = new WeakSet<Element>();

/** True for the form that adds a line to a sheet; lists and their settings follow what the server says. */
function keepsWords(form: HTMLFormElement | null): form is HTMLFormElement {
  return form !== null && form.matches(".wf-sheet-add");
}

function startKeepingWords(): void {
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.matches("input:not([type=checkbox], [type=radio]), textarea") && keepsWords(field.form)) begun.add(field.form);
  });
  for (const end of ["submit", "reset"]) document.addEventListener(end, (event) => begun.delete(event.target as Element));
}

/** Fetches the present address and morphs a part of the page, so focus, ticks and scroll places stay. */
export async function refresh(selector?: string): Promise<void> {
  const target = one(selector ?? "#wf-list") ?? one("#wf-tab") ?? one("#wf-page");
  if (!target?.id) return;
  const answer = await send(location.pathname + location.search);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(answer.text, "text/html").getElementById(target.id);
  if (!fresh) return;
  const ticked = new Set(all<HTMLInputElement>('input[name="ids"]:checked', target).map((box) => box.value));
  // Only a field being typed into keeps its value: for any other focused element (a row, a card) the option would skip
  // all of its content.
  const typed = document.activeElement?.matches("input, select, textarea") ?? false;
  const callbacks = { beforeNodeMorphed: (old: Node) => !begun.has(old as Element) };
  Idiomorph.morph(target, fresh, { morphStyle: "outerHTML", ignoreActiveValue: typed, callbacks });
  const now = document.getElementById(target.id);
  if (!now) return;
  for (const box of all<HTMLInputElement>('input[name="ids"]', now)) box.checked = ticked.has(box.value);
  htmx.process(now);
  boot(now);
  now.dispatchEvent(new CustomEvent("wf:refreshed", { bubbles: true }));
}

export function startRefresh(): void {
  startKeepingWords();
  document.body.addEventListener("wf:refresh", (event) => {
    const detail = (event as CustomEvent<unknown>).detail;
    const selector = typeof detail === "string" ? detail : (detail as { value?: unknown } | null)?.value;
    void refresh(typeof selector === "string" ? selector : undefined);
  });
}

/** A button that shows nothing of its answer still shows a refusal: in the dialog, with its reason. */
export function startRefusals(): void {
  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, requestConfig } = (event as CustomEvent<{ xhr: XMLHttpRequest; requestConfig: { elt: Element } }>).detail;
    const { elt } = requestConfig;
    if (elt !== document.body && elt.getAttribute("hx-swap") !== "none") return;
    if (/^\s*<!doctype/i.test(xhr.responseText)) return;
    refused({ ok: xhr.status < 400, status: xhr.status, text: xhr.responseText });
  });
}

/** After a form came back: the first wrong field gets the focus, else the summary. */
export function startFormErrors(): void {
  const look = (root: ParentNode) => {
    const wrong = one('[aria-invalid="true"]', root);
    const field = wrong?.matches("input, select, textarea") ? wrong : one("input:not([type=hidden])", wrong ?? document.createElement("i"));
    (field ?? one(".wf-errors", root))?.focus();
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    const elt = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
    if (one(".wf-errors, [aria-invalid=true]", elt)) look(elt);
    for (const tab of all("[data-tab]")) {
      const here = new URL((tab as HTMLAnchorElement).href).pathname + new URL((tab as HTMLAnchorElement).href).search === location.pathname + location.search;
      if (tab.closest(".wf-tabs")?.querySelector("[data-tab]") && elt.id === "wf-tab") {
        tab.classList.toggle("wf-on", here);
        here ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current");
      }
    }
  });
  if (one(".wf-errors")) look(document);
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const buttons = all<HTMLButtonElement>('button[type="submit"]', form);
    // disabled only after the browser has collected the form, so that the pressed button still counts
    setTimeout(() => buttons.forEach((b) => (b.disabled = form.hasAttribute("hx-post") || form.method === "post")));
    const free = () => buttons.forEach((b) => (b.disabled = false));
    form.addEventListener("htmx:afterRequest", free, { once: true });
    setTimeout(free, 8000);
  });
}
