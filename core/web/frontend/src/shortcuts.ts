/** Keys of the whole page: everything with data-key, the palette, the map of keys, the sidebar, undo, Esc. */
import { all, make, one, typing, visible } from "./lib/dom";
import { keyName, normalise, Sequence } from "./lib/keys";

function bound(): Map<string, HTMLElement> {
  const scope = one("dialog[open]") ?? document;
  const found = new Map<string, HTMLElement>();
  for (const element of all("[data-key]", scope)) {
    if (element.closest("[hx-disable]")) continue;
    const name = normalise(element.dataset["key"] ?? "");
    if (!found.has(name) && (visible(element) || element.closest(".wf-side"))) found.set(name, element);
  }
  return found;
}

/** Opens the palette; what is typed while its code is still on the way is kept for it. */
export async function openPalette(start = "", mode = "all"): Promise<void> {
  let early = "";
  const keep = (event: KeyboardEvent): void => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    early += event.key;
  };
  document.addEventListener("keydown", keep, true);
  try {
    (await import("./palette")).open(start + early, mode);
  } finally {
    document.removeEventListener("keydown", keep, true);
  }
}

function map(): void {
  const template = one<HTMLTemplateElement>("#wf-keys");
  const dialog = one<HTMLDialogElement>("#wf-dialog");
  if (!template || !dialog) return;
  const content = template.content.cloneNode(true) as DocumentFragment;
  const own = one("[data-own-keys]", content);
  for (const [name, element] of bound()) {
    const label = element.getAttribute("aria-label") ?? one("span", element)?.textContent ?? element.textContent ?? "";
    if (!label.trim() || element.closest(".wf-top, .wf-side")) continue;
    own?.append(make("div", {}, make("span", {}, label.trim()), make("kbd", {}, name)));
  }
  dialog.replaceChildren(content);
}

/** Back from a record to the list it was opened from, else to where its crumbs lead. */
function leave(): void {
  const from = sessionStorage.getItem("wf:from");
  if (from && document.referrer && new URL(document.referrer).pathname === from.split("?")[0]) history.back();
  else one<HTMLAnchorElement>(".wf-crumbs a")?.click();
}

export function startShortcuts(): void {
  const sequence = new Sequence(() => bound().keys());
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("[data-palette]");
    const mouse = event as MouseEvent;
    if (!link || mouse.ctrlKey || mouse.metaKey) return;
    event.preventDefault();
    void openPalette();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const name = keyName(event);
    const inDialog = one("dialog[open]");
    if (name === "Ctrl k") {
      event.preventDefault();
      void openPalette();
      return;
    }
    if (name === "Ctrl Enter") {
      const form = (event.target as Element).closest("form") ?? (inDialog ? one<HTMLFormElement>("form", inDialog) : null);
      const button = form ? one('button[data-key="Ctrl Enter"]', form) ?? one('button[type="submit"]', form) : bound().get(name);
      if (button) {
        event.preventDefault();
        button.click();
      }
      return;
    }
    if (typing(event.target)) return;
    if (name === "Ctrl z") {
      document.body.dispatchEvent(new CustomEvent("wf:undo"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!inDialog) {
      if (name === "/") {
        event.preventDefault();
        return void openPalette("", "records");
      }
      if (name === "?") return map();
      if (name === "[") return void one("#wf-app")?.dispatchEvent(new CustomEvent("wf:sidebar"));
      if (name === "Esc" && one(".wf-record-head") && !one(".wf-peek > *")) return leave();
    }
    const hit = sequence.feed(name, performance.now());
    if (!hit || hit === "wait") return;
    const element = bound().get(hit);
    if (!element) return;
    event.preventDefault();
    element.click();
    if (element instanceof HTMLElement && element.tagName === "SUMMARY") one<HTMLElement>(".wf-menu-item", element.parentElement ?? element)?.focus();
  });
}
