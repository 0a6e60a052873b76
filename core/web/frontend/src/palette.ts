/** Search and jump: Ctrl+K, or / with records first. */
import { address, all, debounce, icon, make, one, word } from "./lib/dom";
import { step } from "./lib/keys";
import { htmx } from "./htmx";
import { token } from "./lib/server";

interface Row { title: string; url: string; icon?: string; face?: { initials: string; slot?: number; kind?: string }; other?: string; other_lang?: string; end?: string; shortcut?: string; opens?: string }
interface Group { title: string; rows: Row[] }
interface Found { groups: Group[]; total?: number; all_url?: string }

let dialog: HTMLDialogElement | null = null;
let mode = "all";
let asked = 0;

/** The text with the matched letters marked. */
function marked(text: string, q: string): DocumentFragment {
  const out = document.createDocumentFragment();
  const at = q ? text.toLowerCase().indexOf(q.toLowerCase()) : -1;
  if (at < 0) out.append(text);
  else out.append(text.slice(0, at), make("mark", {}, text.slice(at, at + q.length)), text.slice(at + q.length));
  return out;
}

function face(row: Row): Node {
  if (!row.face) return icon(row.icon ?? "arrow-right");
  const han = row.face.initials > "\u2e80";
  return make("span", { class: `wf-face wf-face-s${row.face.slot ?? 1}${row.face.kind === "org" ? " wf-face-org" : ""}${han ? " wf-face-han" : ""}`, "aria-hidden": "true" }, row.face.initials);
}

function line(row: Row, q: string): HTMLElement {
  const item = make("li", { role: "option", "aria-selected": "false", "data-url": row.url, ...(row.opens ? { "data-opens": row.opens } : {}) }, face(row), make("span", { class: "wf-cut" }, marked(row.title, q)));
  if (row.other) item.append(make("span", { class: "wf-2 wf-cut", ...(row.other_lang ? { lang: row.other_lang } : {}) }, marked(row.other, q)));
  const end = make("span", { class: "wf-end" });
  if (row.end) end.append(make("span", {}, marked(row.end, q)));
  if (row.shortcut) end.append(make("kbd", {}, row.shortcut));
  item.append(end);
  return item;
}

function show(found: Found, q: string): void {
  const box = one(".wf-palette-list", dialog ?? document);
  if (!box) return;
  box.replaceChildren();
  for (const group of found.groups.filter((g) => g.rows.length)) box.append(make("h3", {}, group.title), make("ul", {}, ...group.rows.map((row) => line(row, q))));
  if (q && found.all_url) box.append(make("ul", {}, line({ title: word("allResults", { q }), url: found.all_url, icon: "search", end: found.total === undefined ? "" : String(found.total) }, "")));
  if (!box.childElementCount) box.append(make("p", { class: "wf-palette-none wf-2" }, word("nothingFound")));
  select(0);
}

function rows(): HTMLElement[] {
  return all("li", dialog ?? document);
}

function select(index: number): void {
  rows().forEach((row, i) => {
    row.setAttribute("aria-selected", String(i === index));
    row.id = `wf-pal-${i}`;
    if (i === index) row.scrollIntoView({ block: "nearest" });
  });
  one("input", dialog ?? document)?.setAttribute("aria-activedescendant", `wf-pal-${index}`);
}

function go(row: HTMLElement | undefined, newTab: boolean): void {
  const url = row?.dataset["url"];
  if (!url) return;
  dialog?.close();
  if (newTab) window.open(url, "_blank", "noopener");
  else if (row.dataset["opens"] === "dialog") void htmx.ajax("get", url, { target: "#wf-dialog", swap: "innerHTML" });
  else if (row.dataset["opens"] === "post") void htmx.ajax("post", url, { swap: "none", headers: { "X-CSRFToken": token() } });
  else location.assign(url);
}

async function ask(q: string): Promise<void> {
  const mine = ++asked;
  const only = q.startsWith(">") ? "actions" : mode;
  const query = new URLSearchParams({ q: q.replace(/^>/, "").trim(), mode: only, here: location.pathname });
  try {
    const answer = await fetch(`${address("palette")}?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (mine === asked && answer.ok) show((await answer.json()) as Found, q.replace(/^>/, "").trim());
  } catch {
    if (mine === asked) show({ groups: [] }, q);
  }
}

const askSoon = debounce((q: string) => void ask(q), 120);

function build(): HTMLDialogElement {
  const template = one<HTMLTemplateElement>("#wf-palette-template");
  const made = make("dialog", { class: "wf-palette", "aria-label": template?.dataset["label"] ?? "" });
  if (template) made.append(template.content.cloneNode(true));
  document.body.append(made);
  const input = one<HTMLInputElement>("input", made);
  input?.addEventListener("input", () => askSoon(input.value));
  made.addEventListener("keydown", (event) => {
    const list = rows();
    const at = list.findIndex((row) => row.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(step(at, list.length, event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      go(list[at], event.ctrlKey || event.metaKey);
    }
  });
  made.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("li");
    if (row) go(row, event.ctrlKey || event.metaKey);
    else if (event.target === made || (event.target as Element).closest("[data-close]")) made.close();
  });
  return made;
}

export function open(start: string, wanted: string): void {
  dialog ??= build();
  mode = wanted;
  const input = one<HTMLInputElement>("input", dialog);
  if (input) input.value = start;
  if (!dialog.open) dialog.showModal();
  input?.focus();
  void ask(start);
}
