/** Menus are <details>: they open without a script. This closes, places, fills and walks them. */
import { htmx } from "./htmx";
import { boot } from "./boot";
import { all, one } from "./lib/dom";
import { step } from "./lib/keys";
import { send } from "./lib/server";

const OPEN = "details.wf-drop[open]";

function entries(menu: Element): HTMLElement[] {
  return all(".wf-menu-item, input, select, button, a", menu).filter((e) => e.getClientRects().length > 0);
}

export function closeMenus(except?: Element): void {
  for (const menu of all<HTMLDetailsElement>(OPEN)) if (!except || !menu.contains(except)) menu.open = false;
}

/** Puts the menu beside its button, inside the window, outside of whatever clips it. Phones have a sheet instead. */
function place(details: HTMLDetailsElement): void {
  const menu = one(":scope > .wf-menu", details);
  const summary = one("summary", details);
  if (!menu || !summary || innerWidth < 768) return;
  const box = summary.getBoundingClientRect();
  menu.style.position = "fixed";
  menu.style.right = "auto";
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = details.classList.contains("wf-menu-end") ? box.right - width : box.left;
  const below = box.bottom + 4 + height <= innerHeight || box.top < height;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${below ? box.bottom + 4 : box.top - height - 4}px`;
}

async function fill(details: HTMLDetailsElement, url: string): Promise<void> {
  const menu = one(":scope > .wf-menu", details);
  if (!menu) return;
  const answer = await send(url);
  if (!answer.ok) return;
  menu.innerHTML = answer.text;
  htmx.process(menu);
  boot(menu);
  place(details);
  (one("[autofocus]", menu) ?? entries(menu)[0])?.focus();
}

export function startMenus(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const details = event.target as HTMLDetailsElement;
      if (!(details instanceof HTMLDetailsElement) || !details.classList.contains("wf-drop")) return;
      one("summary", details)?.setAttribute("aria-expanded", String(details.open));
      if (!details.open) return;
      closeMenus(details);
      place(details);
      const url = details.dataset["lazy"];
      if (url) void fill(details, url);
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-toggle-filters]")) one(".wf-main")?.classList.toggle("wf-show-filters");
    const lazyStep = target.closest<HTMLElement>("[data-lazy-step]");
    const details = target.closest<HTMLDetailsElement>(OPEN);
    if (lazyStep && details) void fill(details, lazyStep.dataset["lazyStep"] ?? "");
    else if (target.closest("a.wf-menu-item, button.wf-menu-item") && details) details.open = false;
    closeMenus(target);
  });
  document.addEventListener("input", (event) => {
    const find = (event.target as Element).closest<HTMLInputElement>("[data-menu-find]");
    if (!find) return;
    const wanted = find.value.trim().toLowerCase();
    for (const item of all(".wf-menu-item", find.closest(".wf-menu") ?? document)) item.hidden = !(item.textContent ?? "").toLowerCase().includes(wanted);
  });
  document.addEventListener("keydown", (event) => {
    const details = (event.target as Element).closest?.<HTMLDetailsElement>(OPEN);
    if (!details) return;
    if (event.key === "Escape") {
      details.open = false;
      one("summary", details)?.focus();
      event.stopPropagation();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const list = entries(one(".wf-menu", details) ?? details);
      list[step(list.indexOf(document.activeElement as HTMLElement), list.length, event.key === "ArrowDown" ? 1 : -1)]?.focus();
      event.preventDefault();
    }
  }, true);
  // what scrolls or changes size under an open menu closes it
  addEventListener("resize", () => closeMenus());
  document.addEventListener("scroll", (event) => { if (!(event.target as Element).closest?.(".wf-menu")) closeMenus(); }, true);
}
