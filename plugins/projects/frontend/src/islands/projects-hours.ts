/** The hours of a week: arrow keys go from cell to cell as in a table, sums follow what is typed. */
import { all, one } from "../../../../../core/web/frontend/src/lib/dom";

export function start(root: HTMLElement): void {
  const table = one<HTMLTableElement>("table", root);
  if (!table) return;
  const number = (cell: HTMLTableCellElement) => {
    const text = one<HTMLInputElement>("input", cell)?.value ?? one(".wf-pj-fixed", cell)?.textContent ?? "";
    return parseFloat(text.replace(/[,，]/, ".")) || 0;
  };
  const shown = (value: number) => String(Math.round(value * 100) / 100);
  const sum = () => {
    const days: number[] = [];
    for (const row of table.tBodies[0]?.rows ?? []) {
      const cells = [...row.cells].slice(1, 8);
      const values = cells.map(number);
      values.forEach((value, day) => { days[day] = (days[day] ?? 0) + value; });
      row.cells[8]!.textContent = shown(values.reduce((left, right) => left + right, 0));
    }
    const foot = table.tFoot?.rows[0];
    if (!foot) return;
    days.forEach((value, day) => { foot.cells[day + 1]!.textContent = shown(value); });
    foot.cells[8]!.textContent = shown(days.reduce((left, right) => left + right, 0));
  };
  const focus = (row: number, column: number): boolean => {
    const input = one<HTMLInputElement>("input", table.tBodies[0]?.rows[row]?.cells[column] ?? document.createElement("td"));
    input?.focus();
    input?.select();
    return Boolean(input);
  };
  const steps: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  table.addEventListener("keydown", (event) => {
    const input = event.target as HTMLInputElement;
    const step = steps[event.key];
    if (!step || input.tagName !== "INPUT" || event.altKey || event.ctrlKey || event.metaKey) return;
    // inside a number left and right move the caret until it stands at the end
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (step[1] < 0 && !whole && input.selectionStart !== 0) return;
    if (step[1] > 0 && !whole && input.selectionEnd !== input.value.length) return;
    const cell = input.closest("td")!;
    const row = (cell.parentElement as HTMLTableRowElement).sectionRowIndex;
    let [down, right] = [row + step[0], cell.cellIndex + step[1]];
    // what is approved has no field: go on to the next that has one
    for (let tries = 0; tries < 60; tries += 1) {
      if (focus(down, right)) break;
      down += step[0];
      right += step[1];
    }
    event.preventDefault();
  });
  table.addEventListener("input", sum);
  for (const input of all<HTMLInputElement>("input[type=text]", table)) input.addEventListener("focus", () => input.select());
}
