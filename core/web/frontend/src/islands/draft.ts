/** Forms keep a draft in this browser until they are sent: a tab closed by accident loses nothing. */
import { all, debounce, make, one, options, word } from "../lib/dom";

interface Setup { key: string; version?: number | string | null }
interface Kept { version: string; at: number; values: [string, string][] }

const SKIP = new Set(["csrf_token", "version", "_next", "_then"]);
const DAYS = 14;

export function start(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const setup = options<Setup>(form);
  const key = `wf:draft:${setup.key}`;
  const state = one("[data-draft-state]", form);
  const version = String(setup.version ?? "");
  const fields = () => all<HTMLInputElement>("input, select, textarea", form).filter((f) => f.name && !SKIP.has(f.name) && !["password", "file"].includes(f.type));
  const read = (): [string, string][] => fields().filter((f) => !["checkbox", "radio"].includes(f.type) || f.checked).map((f) => [f.name, f.value]);
  const first = JSON.stringify(read());

  let sent = false;
  const forget = () => localStorage.removeItem(key);
  const keep = debounce(() => {
    if (sent) return;
    const values = read();
    if (JSON.stringify(values) === first) return forget();
    try {
      localStorage.setItem(key, JSON.stringify({ version, at: Date.now(), values } satisfies Kept));
    } catch {
      return; // full or forbidden storage: the form works without
    }
    if (state) {
      state.textContent = word("draftKept");
      state.hidden = false;
    }
  }, 400);

  const restore = (kept: Kept) => {
    // chips of pickers are not rebuilt: only what was typed or ticked comes back
    const pool = kept.values.slice();
    for (const field of fields()) {
      if (field.type === "hidden") continue;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = pool.some(([n, v]) => n === field.name && v === field.value);
        continue;
      }
      const at = pool.findIndex(([n]) => n === field.name);
      if (at >= 0) field.value = pool.splice(at, 1)[0]![1];
    }
    if (!state) return;
    const drop = make("button", { type: "button", class: "wf-btn-text wf-12" }, word("discard"));
    drop.addEventListener("click", () => {
      forget();
      form.reset();
      state.hidden = true;
    });
    state.replaceChildren(word("draftRestored"), " ", drop);
    state.hidden = false;
  };

  const raw = localStorage.getItem(key);
  if (raw) {
    const kept = JSON.parse(raw) as Kept;
    if (Date.now() - kept.at > DAYS * 86_400_000 || kept.version !== version) forget();
    else if (!one(".wf-errors", form)) restore(kept);
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  // on the document: an answer that closes the dialog has already taken the form out of the page
  const answered = (event: Event) => {
    const { xhr, requestConfig } = (event as CustomEvent<{ xhr: XMLHttpRequest; requestConfig: { elt: Element } }>).detail;
    if (requestConfig.elt !== form || xhr.status < 200 || xhr.status >= 300) return;
    forget();
    if (form.matches("[data-composer]")) form.reset();
    else {
      sent = true;
      document.removeEventListener("htmx:afterRequest", answered);
    }
    if (state) state.hidden = true;
  };
  document.addEventListener("htmx:afterRequest", answered);
  form.addEventListener("submit", () => { if (!form.hasAttribute("hx-post")) forget(); });
}
