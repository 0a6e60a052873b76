/** The calendar: days in hours, entries moved and resized by mouse or keys (Alt and arrows), new ones by a click. */
import { htmx } from "../htmx";
import { all, make, one, options } from "../lib/dom";
import { lanes, snap, stamp } from "../lib/lanes";
import { form, send } from "../lib/server";

interface Options { look: string; move: string; fresh: string; today: string; now: number }
interface Drag { entry: HTMLElement; resize: boolean; x: number; y: number; grab: number; moved: boolean }

const DAY = 24 * 60;
const WIDE = "(min-width: 768px)";

export function start(root: HTMLElement): void {
  let loaded = performance.now();
  const settings = (): Options => options<Options>(root);
  const hours = () => ["day", "week"].includes(settings().look);
  const hour = () => parseFloat(getComputedStyle(root).getPropertyValue("--hour")) || 48;
  const px = (minute: number) => (minute / 60) * hour();
  const say = (text: string) => { const line = one("[data-say]", root); if (line) line.textContent = text; };
  let scrolled = false;

  /** Puts everything where its attributes say. */
  const layout = () => {
    const live = hours() && matchMedia(WIDE).matches;
    root.classList.toggle("wf-live", live);
    const scale = one(".wf-pl-hours", root);
    if (scale) scale.hidden = !live;
    for (const list of all(".wf-pl-timed", root)) {
      const entries = all(".wf-pl-entry", list);
      const places = lanes(entries.map((e) => ({ from: Number(e.dataset["from"]), to: Number(e.dataset["to"]) })));
      entries.forEach((entry, at) => {
        const { lane, of } = places[at]!;
        const from = Number(entry.dataset["from"]);
        const to = Math.max(Number(entry.dataset["to"]), from + 24);
        entry.classList.toggle("wf-pl-short", live && to - from < 45);
        Object.assign(entry.style, live
          ? { top: `${px(from) + 1}px`, height: `${px(to - from) - 2}px`, insetInlineStart: `calc(${(100 * lane) / of}% + 1px)`, width: `calc(${100 / of}% - 3px)` }
          : { top: "", height: "", insetInlineStart: "", width: "" });
      });
    }
    now(live);
    const box = one(".wf-pl-box", root);
    if (live && box && !scrolled) {
      scrolled = true;
      const first = Math.min(...all(".wf-pl-timed .wf-pl-entry", root).map((e) => Number(e.dataset["from"])), 8 * 60);
      box.scrollTop = px(Math.max(0, first - 45));
    }
  };

  /** The line of the present moment, by the server's clock and the viewer's zone. */
  const now = (live: boolean) => {
    one(".wf-pl-now", root)?.remove();
    const { today, now: minute } = settings();
    const list = one(`.wf-pl-day[data-day="${today}"] .wf-pl-timed`, root);
    const at = minute + (performance.now() - loaded) / 60_000;
    if (!live || !list || at >= DAY) return;
    const line = make("li", { class: "wf-pl-now", "aria-hidden": "true" });
    line.style.top = `${px(at)}px`;
    list.append(line);
  };

  const store = async (entry: HTMLElement, begin: string, minutes: number) => {
    const data = entry.dataset;
    const answer = await send(settings().move, "POST", form({
      source: data["source"] ?? "", id: data["entry"] ?? "", version: data["version"] ?? "", occurrence: data["occurrence"] ?? "",
      start: begin, minutes: String(minutes), whole: data["whole"] ? "1" : "",
    }));
    layout();
    const dialog = one("#wf-dialog");
    if (dialog && answer.text && (answer.ok || [403, 409, 422].includes(answer.status))) {
      dialog.innerHTML = answer.text;
      htmx.process(dialog);
    }
    say(one(".wf-pl-link", entry)?.getAttribute("aria-label") ?? "");
  };
  /** Days and minutes on from where an entry begins, its length kept. */
  const shift = (entry: HTMLElement, days: number, minutes: number, longer = 0) => {
    const iso = entry.dataset["iso"] ?? "";
    const length = Math.max(entry.dataset["whole"] ? DAY : 15, Number(entry.dataset["minutes"]) + longer);
    const minute = Number(iso.slice(11, 13)) * 60 + Number(iso.slice(14, 16));
    void store(entry, stamp(iso.slice(0, 10), minute + days * DAY + minutes), length);
  };
  const dayAt = (x: number, y: number) =>
    all<HTMLElement>("[data-day]", root).find((day) => {
      const box = day.getBoundingClientRect();
      return x >= box.left && x < box.right && (settings().look !== "month" || (y >= box.top && y < box.bottom));
    });
  const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

  // ---- by mouse
  let drag: Drag | null = null;
  let pressed = 0;
  root.addEventListener("pointerdown", (event) => {
    const target = event.target as HTMLElement;
    const entry = target.closest<HTMLElement>(".wf-pl-entry[data-movable]");
    if (!entry || event.button || event.pointerType === "touch" || target.closest(".wf-pl-tick")) return;
    if (!root.classList.contains("wf-live") && settings().look !== "month") return;
    const resize = target.classList.contains("wf-pl-grip");
    drag = { entry, resize, x: event.clientX, y: event.clientY, grab: event.clientY - entry.getBoundingClientRect().top, moved: false };
  });
  root.addEventListener("dragstart", (event) => event.preventDefault());
  const lift = (event: PointerEvent) => {
    if (!drag) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
    drag.moved = true;
    const { entry } = drag;
    entry.classList.add("wf-held");
    if (drag.resize) entry.style.height = `${Math.max(px(15), px(Number(entry.dataset["to"]) - Number(entry.dataset["from"])) + snapPx(event.clientY - drag.y))}px`;
    else entry.style.transform = `translate(${event.clientX - drag.x}px, ${settings().look === "month" || entry.dataset["whole"] ? event.clientY - drag.y : snapPx(event.clientY - drag.y)}px)`;
    for (const cell of all(".wf-over-drop", root)) cell.classList.remove("wf-over-drop");
    if (settings().look === "month") dayAt(event.clientX, event.clientY)?.classList.add("wf-over-drop");
  };
  const snapPx = (distance: number) => px(snap((distance / hour()) * 60));
  const drop = (event: PointerEvent) => {
    const held = drag;
    drag = null;
    if (!held?.moved) return;
    pressed = performance.now();
    const { entry } = held;
    entry.classList.remove("wf-held");
    entry.style.transform = "";
    for (const cell of all(".wf-over-drop", root)) cell.classList.remove("wf-over-drop");
    const minutes = snap(((event.clientY - held.y) / hour()) * 60);
    if (held.resize) return minutes ? shift(entry, 0, 0, minutes) : layout();
    const from = entry.closest<HTMLElement>("[data-day]")?.dataset["day"] ?? "";
    const to = dayAt(event.clientX, event.clientY)?.dataset["day"] ?? from;
    const days = daysBetween(from, to);
    const later = settings().look === "month" || entry.dataset["whole"] ? 0 : minutes;
    if (days || later) shift(entry, days, later);
    else layout();
  };
  window.addEventListener("pointermove", lift);
  window.addEventListener("pointerup", drop);
  window.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.moved) return;
    drag.entry.classList.remove("wf-held");
    drag.entry.style.transform = "";
    drag = null;
    layout();
  });
  // the click that ends a drag opens nothing
  root.addEventListener("click", (event) => {
    if (performance.now() - pressed < 300) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  root.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const day = target.closest<HTMLElement>("[data-day]");
    if (!day || target.closest("a, button, .wf-pl-entry")) return;
    let begin = `${day.dataset["day"]}T09:00`;
    const query = new URLSearchParams();
    if (target.matches(".wf-live .wf-pl-timed")) {
      const minute = ((event.clientY - target.getBoundingClientRect().top) / hour()) * 60;
      begin = stamp(day.dataset["day"] ?? "", Math.min(DAY - 30, Math.floor(minute / 30) * 30));
    } else if (target.matches(".wf-live .wf-pl-wholes")) query.set("whole", "1");
    else if (!target.matches(".wf-pl-cell, .wf-pl-cell ul")) return;
    query.set("start", begin);
    void htmx.ajax("get", `${settings().fresh}?${query}`, { target: "#wf-dialog", swap: "innerHTML" });
  });

  // ---- by keys
  root.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    const entry = target.closest<HTMLElement>(".wf-pl-entry");
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!arrow) return;
    if (event.altKey && entry?.dataset["movable"]) {
      event.preventDefault();
      event.stopPropagation();
      const timed = !entry.dataset["whole"];
      const down = arrow[1]!;
      if (event.shiftKey) shift(entry, 0, 0, down * (timed ? 15 : DAY));
      else if (settings().look === "month" || !timed) shift(entry, arrow[0]! + 7 * down, 0);
      else shift(entry, arrow[0]!, 15 * down);
    } else if (target.matches(".wf-pl-num") && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      const days = all(".wf-pl-num", root);
      days[days.indexOf(target) + arrow[0]! + 7 * arrow[1]!]?.focus();
    }
  });

  document.body.addEventListener("wf:refreshed", () => {
    loaded = performance.now();
    if (root.isConnected) layout();
  });
  matchMedia(WIDE).addEventListener("change", layout);
  window.setInterval(() => now(root.classList.contains("wf-live")), 60_000);
  layout();
}
