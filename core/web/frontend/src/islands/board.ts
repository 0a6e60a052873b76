/** The board: cards move by mouse, by keyboard (Space, arrows, Space) and by menu; a refusal puts them back. */
import Sortable from "sortablejs";
import { htmx } from "../htmx";
import { all, fragment, one, word } from "../lib/dom";
import { refused } from "../lib/refusal";
import { form, send } from "../lib/server";

interface Place { column: HTMLElement; before: Element | null }

export function start(board: HTMLElement): void {
  const column = (card: Element) => card.closest<HTMLElement>(".wf-board-col")!;
  const cards = (col: Element) => one(".wf-board-cards", col)!;
  const name = (card: Element) => one(".wf-board-title", card)?.textContent?.trim() ?? "";
  const say = (text: string) => { const line = one("[data-board-say]", board); if (line) line.textContent = text; };
  const placeOf = (card: Element): Place => ({ column: column(card), before: card.nextElementSibling });
  const put = (card: Element, place: Place) => cards(place.column).insertBefore(card, place.before?.isConnected ? place.before : null);

  const heads = (html: string) => {
    for (const head of all("header[data-col]", fragment(html))) {
      const old = one(`.wf-board-col[data-col="${CSS.escape(head.dataset["col"] ?? "")}"] > header`, board);
      old?.replaceWith(head);
      htmx.process(head);
    }
  };
  const store = async (card: HTMLElement, from: Place) => {
    const to = column(card);
    if (to.dataset["forbidden"]) {
      put(card, from);
      return say(to.dataset["forbidden"] ?? word("forbidden"));
    }
    const before = (card.nextElementSibling as HTMLElement | null)?.dataset["id"] ?? "";
    const answer = await send(card.dataset["moveUrl"] ?? "", "POST", form({ to: to.dataset["col"] ?? "", before }));
    if (answer.ok) {
      heads(answer.text);
      return say(word("moved", { name: name(card), column: to.dataset["label"] ?? "" }));
    }
    put(card, from);
    card.focus();
    refused(answer);
  };

  for (const list of all(".wf-board-cards", board)) {
    let from: Place | null = null;
    Sortable.create(list, {
      group: "wf-board",
      draggable: ".wf-board-card[data-move-url]",
      filter: ".wf-drop",
      preventOnFilter: false,
      animation: 0,
      delay: 180,
      delayOnTouchOnly: true,
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 4,
      fallbackClass: "wf-held",
      ghostClass: "wf-slot",
      onStart: (event) => {
        from = { column: column(event.item), before: event.item.nextElementSibling };
        board.classList.add("wf-dragging");
      },
      onMove: (event) => !event.to.closest<HTMLElement>(".wf-board-col")?.dataset["forbidden"],
      onEnd: (event) => {
        board.classList.remove("wf-dragging");
        if (from && (event.from !== event.to || event.oldIndex !== event.newIndex)) void store(event.item, from);
      },
    });
  }

  let lifted: { card: HTMLElement; from: Place } | null = null;
  let moving = false;
  /** Moves a lifted card; taking it out of the page blurs it, which must not count as letting go. */
  const carry = (card: HTMLElement, place: Place) => {
    moving = true;
    put(card, place);
    card.focus();
    moving = false;
  };
  const drop = (back: boolean) => {
    if (!lifted) return;
    const { card, from } = lifted;
    lifted = null;
    card.classList.remove("wf-lifted");
    if (back) {
      put(card, from);
      say(word("returned", { name: name(card) }));
    } else if (column(card) !== from.column || card.nextElementSibling !== from.before) void store(card, from);
    card.focus();
  };
  const beside = (card: HTMLElement, by: number): HTMLElement | undefined => {
    const columns = all(".wf-board-col", board).filter((c) => !c.dataset["forbidden"] || c === column(card));
    return columns[columns.indexOf(column(card)) + by];
  };

  board.addEventListener("keydown", (event) => {
    const card = event.target as HTMLElement;
    if (!card.matches(".wf-board-card")) return;
    const vertical = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const across = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === " ") {
      if (lifted) drop(false);
      else if (card.dataset["moveUrl"]) {
        lifted = { card, from: placeOf(card) };
        card.classList.add("wf-lifted");
        say(word("lifted", { name: name(card) }));
      }
    } else if (event.key === "Escape" && lifted) drop(true);
    else if (event.key === "Enter") one<HTMLAnchorElement>(".wf-board-title", card)?.click();
    else if (vertical && lifted) {
      const other = vertical > 0 ? card.nextElementSibling?.nextElementSibling ?? null : card.previousElementSibling;
      if (vertical > 0 ? card.nextElementSibling : card.previousElementSibling) carry(card, { column: column(card), before: other });
    } else if (across && lifted) {
      const to = beside(card, across);
      if (to) carry(card, { column: to, before: cards(to).firstElementChild });
      card.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (vertical) {
      const sibling = vertical > 0 ? card.nextElementSibling : card.previousElementSibling;
      (sibling as HTMLElement | null)?.focus();
    } else if (across) {
      const to = beside(card, across);
      if (to) one(".wf-board-card", to)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  board.addEventListener("focusout", (event) => {
    if (!moving && lifted && event.target === lifted.card && !board.contains(event.relatedTarget as Node | null)) drop(true);
  });
  board.addEventListener("click", (event) => {
    const item = (event.target as Element).closest<HTMLElement>("[data-move-to]");
    const card = item?.closest<HTMLElement>(".wf-board-card");
    if (!item || !card || item.getAttribute("aria-disabled")) return;
    const to = all(".wf-board-col", board).find((c) => c.dataset["col"] === item.dataset["moveTo"]);
    if (!to || to === column(card)) return;
    const from = placeOf(card);
    put(card, { column: to, before: cards(to).firstElementChild });
    void store(card, from);
  });
}
