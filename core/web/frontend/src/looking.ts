/** While somebody looks as another person, whatever would change something is switched off; the server refuses it anyway. */
import { all, one } from "./lib/dom";

const WRITES = 'form[method="post"] :is(button, input, select, textarea), [hx-post], [data-edit-url], [data-bulk-url], [data-move-url]';

function switchOff(root: ParentNode, reason: string): void {
  for (const control of all<HTMLElement>(WRITES, root)) {
    if (control.closest(".wf-viewing")) continue;
    if (control.matches("button, input:not([type=hidden]), select, textarea")) (control as HTMLButtonElement).disabled = true;
    else control.removeAttribute("data-edit-url");
    control.title = reason;
  }
}

export function startLooking(): void {
  const banner = one<HTMLElement>("[data-looking]");
  if (!banner) return;
  const reason = banner.dataset.looking ?? "";
  switchOff(document, reason);
  document.addEventListener("htmx:load", (event) => switchOff((event as CustomEvent<{ elt: HTMLElement }>).detail.elt, reason));
}
