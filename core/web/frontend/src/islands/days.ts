/** The calendar of a list: entries move to another day by mouse or keyboard (Space, arrows, Space); a refusal puts them back. */
import Sortable from "sortablejs";
import { all, one, word } from "../lib/dom";
import { refused } from "../lib/refusal";
import { form, send } from "../lib/server";

export function start(month: HTMLElement): void {
  const days = () => all(".wf-month-day", month);
  const day = (entry: Element) => entry.closest<HTMLElement>(".wf-month-day")!;
  const list = (of: Element) => one("ul", of)!;
  const name = (entry: Element) => one("a", entry)?.textContent?.trim() ?? "";
  const say = (text: string) => { const line = one("[data-say]", month); if (line) line.textContent = text; };

  const store = async (entry: HTMLElement, from: HTMLElement) => {
    const to = day(entry);
    if (to === from) return;
    const answer = await send(entry.dataset["moveUrl"] ?? "", "POST", form({ to: to.dataset["day"] ?? "" }));
    if (answer.ok) {
      from.classList.toggle("wf-no-entry", !one(".wf-day-entry", from));
      to.classList.remove("wf-no-entry");
      return say(word("moved", { name: name(entry), column: to.dataset["label"] ?? "" }));
    }
    list(from).append(entry);
    refused(answer);
  };

  for (const each of all(".wf-month-day > ul", month)) {
    let from: HTMLElement | null = null;
    Sortable.create(each, {
      group: "wf-month", draggable: ".wf-may-move", animation: 0, delay: 180, delayOnTouchOnly: true, forceFallback: true,
      fallbackOnBody: true, fallbackTolerance: 4, fallbackClass: "wf-held", ghostClass: "wf-slot",
      onStart: (event) => { from = day(event.item); },
      onEnd: (event) => { if (from) void store(event.item, from); },
    });
  }

  let lifted: { entry: HTMLElement; from: HTMLElement } | null = null;
  let moving = false;
  const carry = (entry: HTMLElement, to: HTMLElement) => {
    moving = true;
    list(to).append(entry);
    entry.focus();
    moving = false;
    say(to.dataset["label"] ?? "");
  };
  const drop = (back: boolean) => {
    if (!lifted) return;
    const { entry, from } = lifted;
    lifted = null;
    entry.classList.remove("wf-lifted");
    if (back) { carry(entry, from); say(word("returned", { name: name(entry) })); }
    else void store(entry, from);
  };
  month.addEventListener("keydown", (event) => {
    const entry = event.target as HTMLElement;
    if (!entry.matches(".wf-day-entry")) return;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key] ?? 0;
    if (event.key === " " && entry.dataset["moveUrl"]) {
      if (lifted) drop(false);
      else {
        lifted = { entry, from: day(entry) };
        entry.classList.add("wf-lifted");
        say(word("lifted", { name: name(entry) }));
      }
    } else if (event.key === "Escape" && lifted) drop(true);
    else if (event.key === "Enter") one<HTMLAnchorElement>("a", entry)?.click();
    else if (by && lifted) {
      const found = days();
      const to = found[found.indexOf(day(entry)) + by];
      if (to) carry(entry, to);
    } else if (by) {
      const entries = all(".wf-day-entry", month);
      entries[entries.indexOf(entry) + Math.sign(by)]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  month.addEventListener("focusout", (event) => { if (!moving && lifted && !month.contains(event.relatedTarget as Node | null)) drop(true); });
}
