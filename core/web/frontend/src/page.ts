/** Whole-page behaviour: soft refresh of the present address, first wrong field, tabs, double sending. */
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { htmx } from "./htmx";
import { boot } from "./boot";
import { all, one } from "./lib/dom";
import { send } from "./lib/server";

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
  Idiomorph.morph(target, fresh, { morphStyle: "outerHTML", ignoreActiveValue: typed });
  const now = document.getElementById(target.id);
  if (!now) return;
  for (const box of all<HTMLInputElement>('input[name="ids"]', now)) box.checked = ticked.has(box.value);
  htmx.process(now);
  boot(now);
  now.dispatchEvent(new CustomEvent("wf:refreshed", { bubbles: true }));
}

export function startRefresh(): void {
  document.body.addEventListener("wf:refresh", (event) => {
    const detail = (event as CustomEvent<unknown>).detail;
    const selector = typeof detail === "string" ? detail : (detail as { value?: unknown } | null)?.value;
    void refresh(typeof selector === "string" ? selector : undefined);
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
