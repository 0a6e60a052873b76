/** Editing one value in place: a list cell or a value of the details. GET gives the editor, POST the new value. */
import { htmx } from "../htmx";
import { boot } from "../boot";
import { fragment, one } from "../lib/dom";
import { send } from "../lib/server";

export interface Editing { onDone?: (fresh: HTMLElement, way: "enter" | "tab" | "back") => void }

function replace(cell: HTMLElement, html: string): HTMLElement {
  const fresh = one(cell.tagName.toLowerCase(), fragment(html));
  if (!fresh) return cell;
  cell.replaceWith(fresh);
  htmx.process(fresh);
  boot(fresh);
  return fresh;
}

export async function edit(cell: HTMLElement, how: Editing = {}): Promise<void> {
  const url = cell.dataset["editUrl"];
  if (!url || cell.classList.contains("wf-editing")) return;
  const answer = await send(url);
  if (!answer.ok || !cell.isConnected) return;
  const before = [...cell.childNodes];
  const gone = () => {
    cell.classList.remove("wf-editing");
    cell.onkeydown = cell.onsubmit = null;
    cell.replaceChildren(...before);
    (one("[data-edit]", cell) ?? cell.closest<HTMLElement>("tr"))?.focus();
  };
  let saving = false;
  const open = (html: string) => {
    cell.classList.add("wf-editing");
    cell.replaceChildren(fragment(html));
    htmx.process(cell);
    boot(cell);
    const input = one<HTMLInputElement>("input:not([type=hidden]), select, textarea", cell);
    input?.focus();
    if (input instanceof HTMLInputElement && input.type === "text") input.select();
  };
  const save = async (way: "enter" | "tab" | "back") => {
    const form = one<HTMLFormElement>("form", cell);
    if (!form || saving) return;
    saving = true;
    const saved = await send(form.action, "POST", new FormData(form));
    saving = false;
    if (saved.ok) how.onDone?.(replace(cell, saved.text), way);
    else if (saved.status === 422) open(saved.text);
    else if (saved.status === 409 || saved.status === 403) {
      gone();
      const dialog = one("#wf-dialog");
      if (dialog && saved.text) {
        dialog.innerHTML = saved.text;
        htmx.process(dialog);
      }
    }
  };
  open(answer.text);
  cell.onkeydown = (event) => {
    if (event.isComposing) return;
    event.stopPropagation();
    const area = event.target instanceof HTMLTextAreaElement;
    if (event.key === "Escape") {
      event.preventDefault();
      gone();
    } else if (event.key === "Enter" && (!area || event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
      event.preventDefault();
      void save("enter");
    } else if (event.key === "Tab") {
      event.preventDefault();
      void save(event.shiftKey ? "back" : "tab");
    }
  };
  cell.onsubmit = (event) => {
    event.preventDefault();
    void save("enter");
  };
  // no value is lost when leaving a field: a click elsewhere saves
  cell.addEventListener("focusout", (event) => {
    const to = event.relatedTarget as Node | null;
    if (cell.classList.contains("wf-editing") && to && !cell.contains(to) && !(to as Element).closest?.("dialog")) void save("enter");
  });
}
