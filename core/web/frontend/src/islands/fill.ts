/** Buttons that fill a field: data-fill names the field, data-fill-value what it gets; data-fill-clear another to empty. */
import { all } from "../lib/dom";

function put(id: string | undefined, value: string): void {
  const field = id ? (document.getElementById(id) as HTMLInputElement | null) : null;
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export function start(box: HTMLElement): void {
  const buttons = () => all<HTMLButtonElement>("[data-fill]", box);
  const paint = () => {
    for (const button of buttons()) {
      const field = document.getElementById(button.dataset["fill"] ?? "") as HTMLInputElement | null;
      const value = button.dataset["fillValue"] ?? "";
      button.setAttribute("aria-pressed", String(!!value && field?.value === value));
    }
  };
  box.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-fill]");
    if (!button) return;
    put(button.dataset["fill"], button.dataset["fillValue"] ?? "");
    put(button.dataset["fillClear"], "");
    paint();
  });
  box.addEventListener("change", paint);
  paint();
}
