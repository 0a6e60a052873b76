/** One line in the past tense with Undo: ten seconds, longer while looked at; the next one replaces it. */
import { address, all, icon, make, one, word } from "../lib/dom";
import { refused } from "../lib/refusal";
import { form, send } from "../lib/server";

interface Toast { text: string; undo_url?: string; undo?: number; link?: { label: string; url: string } }

const LONG = 10_000;

export function start(mount: HTMLElement): void {
  let timer = 0;
  let undo: (() => void) | null = null;

  const hide = () => {
    mount.replaceChildren();
    if (mount.matches(":popover-open")) mount.hidePopover();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (mount.matches(":hover, :focus-within")) wait();
      else hide();
    }, LONG);
  };
  const reverse = async (toast: Toast) => {
    undo = null;
    hide();
    const answer = toast.undo_url ? await send(toast.undo_url, "POST") : await send(address("undo"), "POST", form({ change: String(toast.undo) }));
    if (answer.ok) document.body.dispatchEvent(new CustomEvent("wf:refresh", { detail: true }));
    else refused(answer); // who did what since stands in the answer
  };
  const show = (toast: Toast) => {
    const bar = make("div", { class: "wf-toast-bar wf-dark" });
    bar.append(icon("check"), make("span", {}, toast.text));
    undo = null;
    if (toast.undo_url || (toast.undo && address("undo"))) {
      undo = () => void reverse(toast);
      const button = make("button", { type: "button" }, word("undo"), make("kbd", {}, "Ctrl Z"));
      button.addEventListener("click", () => undo?.());
      bar.append(button);
    }
    if (toast.link) bar.append(make("a", { href: toast.link.url }, toast.link.label));
    mount.replaceChildren(bar);
    // the top layer, so that it stands above an open dialog too
    mount.popover = "manual";
    if (mount.matches(":popover-open")) mount.hidePopover();
    mount.showPopover();
    wait();
  };

  mount.addEventListener("pointerenter", () => clearTimeout(timer));
  mount.addEventListener("pointerleave", wait);
  document.body.addEventListener("wf:toast", (event) => show((event as CustomEvent<Toast>).detail));
  document.body.addEventListener("wf:undo", () => undo?.());
  const carried = one("[data-toast]");
  if (carried) show(JSON.parse(carried.dataset["toast"] ?? "{}") as Toast);
  for (const element of all("[data-toast]")) element.remove();
}
