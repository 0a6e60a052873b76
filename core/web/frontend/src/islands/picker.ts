/** The reference field: chips, search while typing, create in place, the chosen record in a peek. */
import { htmx } from "../htmx";
import { all, debounce, fragment, one, options } from "../lib/dom";
import { step } from "../lib/keys";
import { send } from "../lib/server";
import { setAside } from "./dialog";

interface Setup { name: string; multiple: boolean; searchUrl: string | null; createUrl: string | null; max: number | null }
interface Picked { id: string | number; title: string; url?: string }

let waiting: ((picked: Picked) => void) | null = null;
document.body.addEventListener("wf:picked", (event) => {
  waiting?.((event as CustomEvent<Picked>).detail);
  waiting = null;
});

export function start(picker: HTMLElement): void {
  const setup = options<Setup>(picker);
  const field = one(".wf-input", picker)!;
  const input = one<HTMLInputElement>("input[role=combobox]", picker)!;
  const menu = one("[role=listbox]", picker)!;
  const template = one<HTMLTemplateElement>("template", picker)!;
  const chosen = () => all<HTMLInputElement>(".wf-pick > input", picker).map((i) => i.value);
  const items = () => all("[role=option]", menu);
  let at = -1;
  let asked = 0;

  const changed = () => input.dispatchEvent(new Event("change", { bubbles: true }));
  const shut = () => {
    menu.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const mark = (index: number) => {
    at = index;
    items().forEach((item, i) => {
      item.id = `${menu.id}-${i}`;
      item.classList.toggle("wf-on", i === index);
      item.setAttribute("aria-selected", String(i === index));
    });
    const item = items()[index];
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
  };
  const choose = (picked: Picked) => {
    if (!setup.multiple) for (const old of all(".wf-pick", field)) old.remove();
    if (!chosen().includes(String(picked.id))) {
      const chip = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
      one<HTMLInputElement>("input", chip)!.value = String(picked.id);
      const label = one(".wf-cut", chip)!;
      label.textContent = picked.title;
      label.title = picked.title;
      if (picked.url) chip.dataset["peekUrl"] = picked.url;
      field.insertBefore(chip, input);
    }
    input.value = "";
    input.placeholder = "";
    shut();
    changed();
    input.focus();
  };
  const take = (item: HTMLElement | undefined) => {
    if (!item) return;
    const create = item.dataset["createUrl"];
    if (create) {
      waiting = choose;
      shut();
      if (picker.closest("dialog")) setAside();
      void htmx.ajax("get", create, { target: "#wf-dialog", swap: "innerHTML" });
      return;
    }
    choose({ id: item.dataset["id"] ?? "", title: item.dataset["title"] ?? "", ...(item.dataset["url"] ? { url: item.dataset["url"] } : {}) });
  };
  const search = async () => {
    if (!setup.searchUrl) return;
    const mine = ++asked;
    const query = new URLSearchParams({ q: input.value.trim(), chosen: chosen().join(",") });
    const answer = await send(`${setup.searchUrl}${setup.searchUrl.includes("?") ? "&" : "?"}${query}`);
    if (mine !== asked || !answer.ok || document.activeElement !== input) return;
    menu.replaceChildren(fragment(answer.text));
    menu.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(items().length ? 0 : -1);
  };
  const searchSoon = debounce(() => void search(), 160);

  input.addEventListener("input", searchSoon);
  input.addEventListener("focus", searchSoon);
  // A field that had the focus before this started, as the first wrong one of a form has, opens on a click too.
  input.addEventListener("click", () => { if (menu.hidden) searchSoon(); });
  // Words typed before this was loaded are looked for now.
  if (document.activeElement === input && input.value) searchSoon();
  input.addEventListener("blur", () => setTimeout(() => { if (!picker.contains(document.activeElement)) { shut(); input.value = ""; } }, 120));
  field.addEventListener("click", (event) => {
    const remove = (event.target as Element).closest("[data-pick-remove]");
    if (remove) {
      remove.closest(".wf-pick")?.remove();
      changed();
      input.focus();
    } else if (event.target === field) input.focus();
  });
  menu.addEventListener("pointerdown", (event) => event.preventDefault());
  menu.addEventListener("click", (event) => take((event.target as Element).closest<HTMLElement>("[role=option]") ?? undefined));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (menu.hidden) void search();
      else mark(step(at, items().length, event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !menu.hidden && at >= 0 && !event.ctrlKey && !event.metaKey) take(items()[at]);
    else if (event.key === "Escape" && !menu.hidden) shut();
    else if (event.key === "Backspace" && !input.value) {
      all(".wf-pick", field).pop()?.remove();
      changed();
      return;
    } else if (event.key === "ArrowRight" && !menu.hidden && items()[at]?.dataset["url"] && input.selectionStart === input.value.length) {
      void htmx.ajax("get", items()[at]!.dataset["url"]!, { target: "#wf-peek", swap: "innerHTML" });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
