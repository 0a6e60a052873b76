/** Light, dark, system: changes at once, the server remembers. */
import { one, word } from "../lib/dom";
import { form as values, send } from "../lib/server";

const NEXT: Record<string, string> = { light: "dark", dark: "system", system: "light" };
const ICON: Record<string, string> = { light: "moon", dark: "sun", system: "brightness-half" };
const WORD: Record<string, string> = { light: "themeLight", dark: "themeDark", system: "themeSystem" };

export function start(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const root = document.documentElement;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const choice = NEXT[root.dataset["themeChoice"] ?? "system"] ?? "light";
    root.dataset["themeChoice"] = choice;
    dispatchEvent(new Event("wf:theme"));
    const use = one("use", form);
    use?.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#i-${ICON[choice]}`));
    const button = one("button", form);
    button?.setAttribute("aria-label", word(WORD[choice] ?? ""));
    if (button) button.title = word(WORD[choice] ?? "");
    void send(form.action, "POST", values({ theme: choice }));
  });
}
