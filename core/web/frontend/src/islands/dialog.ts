/** #wf-dialog: opens when something is loaded into it. Esc asks only if something was typed. A record created
    from a picker inside a dialog takes its place for a moment; no dialog ever lies over a dialog. */
import { make, one, word } from "../lib/dom";

let stash: { nodes: Node[]; typed: boolean } | null = null;

/** Keeps the present content aside while another form is loaded in its place. */
export function setAside(): void {
  const dialog = one("#wf-dialog");
  if (!dialog?.childNodes.length || stash) return;
  stash = { nodes: [...dialog.childNodes], typed: dialog.dataset["typed"] === "1" };
  const kept = document.createDocumentFragment();
  kept.append(...stash.nodes);
}

export function start(element: HTMLElement): void {
  const dialog = element as HTMLDialogElement;
  let opener: HTMLElement | null = null;

  const close = (picked = false) => {
    if (stash) {
      const back = stash;
      stash = null;
      dialog.replaceChildren(...back.nodes);
      if (back.typed) dialog.dataset["typed"] = "1";
      return;
    }
    if (picked && !dialog.open) return;
    delete dialog.dataset["typed"];
    if (dialog.open) dialog.close();
    dialog.replaceChildren();
    opener?.focus();
    opener = null;
  };
  const ask = () => {
    if (dialog.dataset["typed"] !== "1") return close();
    if (one("[data-leave]", dialog)) return;
    const drop = make("button", { type: "button", class: "btn wf-btn-danger wf-btn-sm" }, word("discard"));
    const stay = make("button", { type: "button", class: "btn wf-btn-sm" }, word("keepEditing"));
    const bar = make("div", { class: "wf-dlg-foot", "data-leave": "", role: "alert" }, make("span", {}, word("leave")), make("span", { class: "wf-gap" }), drop, stay);
    drop.addEventListener("click", () => close());
    stay.addEventListener("click", () => bar.remove());
    dialog.append(bar);
    stay.focus();
  };

  const show = () => {
    if (!dialog.childElementCount || dialog.open) return;
    opener = document.activeElement as HTMLElement | null;
    dialog.showModal();
    (one("[autofocus]", dialog) ?? one(".wf-dlg-body :is(input:not([type=hidden]), select, textarea)", dialog))?.focus();
  };
  new MutationObserver(show).observe(dialog, { childList: true });
  show(); // what came before this code

  dialog.addEventListener("input", () => (dialog.dataset["typed"] = "1"));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    ask();
  });
  dialog.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-close]")) ask();
    else if (event.target === dialog) ask();
  });
  document.body.addEventListener("wf:close", () => close());
  document.body.addEventListener("wf:picked", () => close(true));
}
