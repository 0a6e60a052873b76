/** A list: row cursor, selection and bulk bar, editing of cells, widths of columns, the way back to the same row. */
import { htmx } from "../htmx";
import { all, make, one, options, typing, word } from "../lib/dom";
import { step } from "../lib/keys";
import { columnsParameter } from "../lib/query";
import { refused } from "../lib/refusal";
import { Selection } from "../lib/selection";
import { form, send } from "../lib/server";
import { edit } from "./cell";

export function start(list: HTMLElement): void {
  const selection = new Selection();
  const setup = options<{ layoutUrl?: string | null }>(list);
  const rows = () => all<HTMLTableRowElement>("tbody tr[data-id]", list);
  const order = () => rows().map((row) => row.dataset["id"] ?? "");
  const bar = () => one("[data-bulk]", list);
  const box = () => one(".wf-table-box", list);
  const place = `wf:row:${location.pathname}${location.search}`;
  let current: HTMLTableRowElement | null = null;

  // ---- cursor
  const cursor = (row: HTMLTableRowElement | undefined | null, focus = true) => {
    for (const other of all("tr.wf-cur", list)) other.classList.remove("wf-cur");
    current = row ?? null;
    if (!row) return;
    row.classList.add("wf-cur");
    if (focus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const move = (by: number) => {
    const all_ = rows();
    cursor(all_[step(current ? all_.indexOf(current) : -1, all_.length, by)]);
  };
  const remember = (row: HTMLElement) => {
    sessionStorage.setItem(place, JSON.stringify({ id: row.dataset["id"], top: box()?.scrollTop ?? 0 }));
    sessionStorage.setItem("wf:from", location.pathname + location.search);
  };
  const restore = () => {
    const kept = sessionStorage.getItem(place);
    if (!kept) return;
    sessionStorage.removeItem(place);
    const { id, top } = JSON.parse(kept) as { id: string; top: number };
    const scroller = box();
    if (scroller) scroller.scrollTop = top;
    cursor(rows().find((row) => row.dataset["id"] === id));
  };

  // ---- selection
  const paint = () => {
    for (const row of rows()) {
      const on = selection.has(row.dataset["id"] ?? "");
      row.classList.toggle("wf-sel", on);
      const tick = one<HTMLInputElement>('input[name="ids"]', row);
      if (tick) tick.checked = on;
    }
    const head = one<HTMLInputElement>("[data-select-all]", list);
    const state = selection.state(order());
    if (head) {
      head.checked = state === "all";
      head.indeterminate = state === "some";
    }
    const bulk = bar();
    if (!bulk) return;
    const n = selection.count(Number(bulk.dataset["matches"] ?? 0));
    bulk.hidden = n === 0;
    const count = one("[data-bulk-count]", bulk);
    if (count) count.textContent = word(selection.everything && !selection.except.size ? "selectedAll" : "selected", { n });
    const every = one("[data-bulk-all]", bulk);
    if (every) every.hidden = selection.everything || Number(bulk.dataset["matches"]) <= n;
  };
  const tick = (row: HTMLTableRowElement, ranged: boolean) => {
    const id = row.dataset["id"] ?? "";
    const on = !selection.has(id);
    if (ranged) selection.range(order(), id, on);
    else selection.toggle(id, on);
    cursor(row, false);
    paint();
  };
  const bulkGo = (button: HTMLElement) => {
    const url = button.dataset["bulkUrl"] ?? "";
    // the address of the button carries the list; a page of a plugin's own has it beside
    const list_ = selection.everything ? Object.fromEntries(new URLSearchParams(button.dataset["bulkQuery"] ?? "")) : {};
    const chosen = { ...list_, ...selection.parameters() };
    const opens = button.dataset["bulkOpens"];
    if (opens === "post") void send(url, "POST", form(chosen)).then(refused);
    else if (opens === "download") location.assign(`${url}${url.includes("?") ? "&" : "?"}${form(chosen)}`);
    else void htmx.ajax("get", url, { target: "#wf-dialog", swap: "innerHTML", values: chosen });
  };

  // ---- cells
  const editCell = (cell: HTMLElement) => {
    void edit(cell, {
      onDone: (fresh, way) => {
        const row = fresh.closest("tr");
        if (way === "enter") return cursor(row as HTMLTableRowElement | null);
        const cells = all("td[data-edit-url]", list);
        const next = cells[cells.indexOf(fresh) + (way === "tab" ? 1 : -1)];
        if (next) {
          cursor(next.closest("tr"), false);
          editCell(next);
        }
      },
    });
  };

  // ---- columns
  const saveColumns = () => {
    if (!setup.layoutUrl) return;
    const columns = all<HTMLTableColElement>("col[data-col]", list).map((col) => ({ key: col.dataset["col"] ?? "", width: Number(col.getAttribute("width")) || null, shown: true }));
    void send(setup.layoutUrl, "POST", form({ columns: columnsParameter(columns) }));
  };
  const grips = () => {
    if (!setup.layoutUrl) return;
    for (const head of all("th[data-col]", list)) {
      const grip = make("button", { type: "button", class: "wf-grip", tabindex: "-1", "aria-label": word("resize") });
      grip.addEventListener("pointerdown", (down) => {
        down.preventDefault();
        const col = one<HTMLTableColElement>(`col[data-col="${CSS.escape(head.dataset["col"] ?? "")}"]`, list);
        const begin = head.getBoundingClientRect().width;
        const drag = (e: PointerEvent) => col?.setAttribute("width", String(Math.round(Math.max(48, begin + e.clientX - down.clientX))));
        grip.setPointerCapture(down.pointerId);
        grip.addEventListener("pointermove", drag);
        grip.addEventListener("pointerup", () => { grip.removeEventListener("pointermove", drag); saveColumns(); }, { once: true });
      });
      head.append(grip);
    }
  };

  list.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLTableRowElement>("tr[data-id]");
    if (target.matches("[data-select-all]")) {
      selection.shown(order(), (target as HTMLInputElement).checked);
      return paint();
    }
    if (target.matches('input[name="ids"]') && row) return tick(row, event.shiftKey);
    if (target.closest("[data-bulk-all]")) { selection.matchAll(); return paint(); }
    if (target.closest("[data-bulk-clear]")) { selection.clear(); return paint(); }
    const bulk = target.closest<HTMLElement>("[data-bulk-url]");
    if (bulk) return bulkGo(bulk);
    if (!row) return;
    if (target.closest("a[href]")) return remember(row);
    if (event.shiftKey) return tick(row, true);
    const cell = target.closest<HTMLElement>("td[data-edit-url]");
    cursor(row, !cell);
    if (cell && !cell.classList.contains("wf-editing")) editCell(cell);
  });
  list.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); });

  const keys = (event: KeyboardEvent) => {
    if (!list.isConnected) return document.removeEventListener("keydown", keys);
    if (event.defaultPrevented || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open], details.wf-drop[open]")) return;
    if ((event.target as Element).closest?.("a, button, summary") && event.key === "Enter") return;
    if (event.key === "ArrowDown" || event.key === "j") move(1);
    else if (event.key === "ArrowUp" || event.key === "k") move(-1);
    else if (event.key === "Escape" && selection.count(1)) { selection.clear(); paint(); }
    else if (!current) return;
    else if (event.key === "Enter") { remember(current); location.assign(current.dataset["url"] ?? ""); }
    else if (event.key === " " || event.key === "x") tick(current, event.shiftKey);
    else if (event.key === "e" || event.key === "E") { const cell = one("td[data-edit-url]", current); if (!cell) return; editCell(cell); }
    else if (event.key === "ArrowRight" && current.dataset["peekUrl"]) document.body.dispatchEvent(new CustomEvent("wf:peek", { detail: current }));
    else {
      // the row's own button, such as Log contact
      const act = one(`[data-row-key="${CSS.escape(event.key.toLowerCase())}"] :is(a, button)`, current);
      if (!act) return;
      act.click();
    }
    event.preventDefault();
  };
  document.addEventListener("keydown", keys);
  list.addEventListener("htmx:afterSettle", paint);
  list.addEventListener("wf:refreshed", paint);
  for (const row of rows()) if (row.classList.contains("wf-sel")) selection.toggle(row.dataset["id"] ?? "", true);
  grips();
  restore();
  paint();
}
