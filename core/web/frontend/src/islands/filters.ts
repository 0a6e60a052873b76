/** Filters: a form in a chip's menu edits the address; search while typing; the Columns menu is stored. */
import { htmx } from "../htmx";
import { all, debounce, one } from "../lib/dom";
import { columnsParameter, withFilter, withParameter } from "../lib/query";
import { form as values, send } from "../lib/server";
import { closeMenus } from "../menu";

interface Setup { key: string; old: string | null; bare: string[] }

/** Loads an address into the list and shows it in the bar. */
async function load(address: string, keepFocus = false): Promise<void> {
  await htmx.ajax("get", address, { target: "#wf-list", select: "#wf-list", swap: "outerHTML", push: "true" } as Parameters<typeof htmx.ajax>[2] & { push: string });
  if (location.pathname + location.search !== address) history.pushState({ htmx: true }, "", address);
  if (!keepFocus) return;
  const search = one<HTMLInputElement>("[data-list-search] input");
  search?.focus();
  search?.setSelectionRange(search.value.length, search.value.length);
}

export function start(bar: HTMLElement): void {
  const here = () => location.pathname + location.search;
  bar.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset["filter"]) {
      event.preventDefault();
      const setup = JSON.parse(form.dataset["filter"]) as Setup;
      const data = new FormData(form);
      const field = setup.bare.includes(String(data.get("op"))) ? [] : data.getAll("value").map(String);
      closeMenus();
      void load(withFilter(here(), { key: setup.key, old: setup.old, bare: setup.bare, op: String(data.get("op") ?? "eq"), values: field }));
    } else if (form.matches("[data-list-search]")) {
      event.preventDefault();
      const input = one<HTMLInputElement>("input", form);
      if (input) void load(withParameter(here(), input.name, input.value.trim() || null), true);
    }
  });
  const find = one<HTMLFormElement>("[data-list-search]", bar);
  const input = find ? one<HTMLInputElement>("input", find) : null;
  input?.addEventListener("input", debounce(() => find?.requestSubmit(), 300));

  const columns = one<HTMLFormElement>("[data-columns]", bar);
  const storeColumns = async () => {
    if (!columns) return;
    const chosen = all<HTMLInputElement>('input[name="show"]', columns).map((box) => ({ key: box.value, shown: box.checked, width: Number(one(`col[data-col="${CSS.escape(box.value)}"]`)?.getAttribute("width")) || null }));
    const answer = await send(columns.action, "POST", values({ columns: columnsParameter(chosen) }));
    if (!answer.ok) return;
    await load(here());
    // the next column is one click away, not two
    const menu = one<HTMLDetailsElement>("#wf-list details:has(> form[data-columns])");
    if (menu) menu.open = true;
  };
  // of the boxes only: what is dragged sends an event of the same name from the form at every step
  columns?.addEventListener("change", (event) => { if (event.target !== columns) void storeColumns(); });
  // order of the columns: entries of the menu are dragged, or moved by Alt+arrows
  let ordered = false;
  const drags = async () => {
    if (ordered || !columns || !columns.closest("details")?.open) return;
    ordered = true;
    const { default: Sortable } = await import("sortablejs");
    Sortable.create(columns, {
      draggable: ".wf-menu-item",
      animation: 0,
      forceFallback: true,
      fallbackTolerance: 4,
      ghostClass: "wf-slot",
      onEnd: (event) => { if (event.oldIndex !== event.newIndex) void storeColumns(); },
    });
  };
  columns?.closest("details")?.addEventListener("toggle", () => void drags());
  void drags();
  columns?.addEventListener("keydown", (event) => {
    const item = (event.target as Element).closest(".wf-menu-item");
    if (!item || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const other = event.key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
    if (other?.matches(".wf-menu-item")) event.key === "ArrowUp" ? other.before(item) : other.after(item);
    (event.target as HTMLElement).focus();
    void storeColumns();
  });
}
