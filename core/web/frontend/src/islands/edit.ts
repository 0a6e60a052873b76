/** Details: a click, or Enter or E on its pencil, edits the value in place. */
import { all, one } from "../lib/dom";
import { edit } from "./cell";

export function start(list: HTMLElement): void {
  const open = (value: HTMLElement) =>
    edit(value, {
      onDone: (fresh, way) => {
        const values = all("dd[data-edit-url]", list);
        const next = values[values.indexOf(fresh) + (way === "back" ? -1 : 1)];
        if (way !== "enter" && next) void open(next);
        else one("[data-edit]", fresh)?.focus();
      },
    });
  list.addEventListener("click", (event) => {
    const target = event.target as Element;
    const value = target.closest<HTMLElement>("dd[data-edit-url]");
    if (value && !target.closest("a, .wf-editing")) void open(value);
  });
  list.addEventListener("keydown", (event) => {
    const value = (event.target as Element).closest<HTMLElement>("dd[data-edit-url]:not(.wf-editing)");
    if (!value || !["e", "E"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    void open(value);
  });
}
