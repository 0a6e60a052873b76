/** The plan of a project: bars on days, links, the critical path. Only what can be seen is drawn, so thousands of tasks
    stay light. Bars are moved by mouse or arrow keys; the server answers with the plan as it is then. */
import { make, one, options } from "../../../../../core/web/frontend/src/lib/dom";
import { form, send } from "../../../../../core/web/frontend/src/lib/server";
import { arrow, dayOf, isoOf, marks, onWorkday, seen, weekdayOf, workdayFrom, type Ends } from "../scale";

interface Row {
  head?: string; id: number; name: string; url: string; level: number; start: string | null; end: string | null; progress: number;
  critical: boolean; slack: number | null; status: string; sum: boolean; who: string; event: boolean; movable: boolean;
}
interface Milestone { id: number; name: string; on: string; met: boolean; url: string }
interface Data { rows: Row[]; links: [number, number, string, number][]; milestones: Milestone[]; end: string | null; late: string }
interface Options { data: string; move: string; today: string; lang: string; say: Record<string, string> }
interface Drag { row: Row; bar: HTMLElement; x: number; days: number }

const HEIGHT = 30;
const HEAD = 44;
const ZOOM = { day: 28, week: 9, month: 3 } as const;
type Zoom = keyof typeof ZOOM;
const NS = "http://www.w3.org/2000/svg";
/** Where somebody had scrolled to, for the chart that comes after Undo. */
const kept = new Map<string, { zoom: Zoom; left: number; top: number }>();

export function start(root: HTMLElement): void {
  const settings = options<Options>(root);
  const say = (key: string, slots: Record<string, string | number> = {}) =>
    (settings.say[key] ?? key).replace(/%\((\w+)\)s/g, (_, name: string) => String(slots[name] ?? ""));
  let data: Data = { rows: [], links: [], milestones: [], end: null, late: "" };
  let zoom: Zoom = kept.get(settings.data)?.zoom ?? "week";
  let [first, last] = [0, 0];
  let focused = 0;
  let drag: Drag | null = null;
  let frame = 0;
  const where = new Map<number, number>();
  const dates = new Intl.DateTimeFormat(settings.lang === "zh" ? "zh-CN" : "en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const months = new Intl.DateTimeFormat(settings.lang === "zh" ? "zh-CN" : "en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
  const shown = (day: number) => dates.format(new Date(day * 86_400_000));

  const bar = make("div", { class: "wf-gantt-bar" });
  const box = make("div", { class: "wf-gantt-box", role: "grid", "aria-label": say("name") });
  const live = make("p", { class: "wf-sr", "aria-live": "polite" });
  const canvas = make("div", { class: "wf-gantt-canvas", role: "presentation" });
  const names = make("div", { class: "wf-gantt-names", role: "presentation" });
  const head = make("div", { class: "wf-gantt-head", "aria-hidden": "true" });
  const corner = make("div", { class: "wf-gantt-corner" }, say("name"));
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("class", "wf-gantt-links");
  svg.setAttribute("aria-hidden", "true");
  const bars = make("div", { role: "presentation" });
  canvas.append(svg, bars);
  box.append(corner, head, names, canvas);

  const px = () => ZOOM[zoom];
  const xOf = (day: number) => (day - first) * px();

  const measure = () => {
    where.clear();
    data.rows.forEach((row, at) => { if (row.id) where.set(row.id, at); });
    const days = data.rows.flatMap((row) => (row.start && row.end ? [dayOf(row.start), dayOf(row.end)] : []));
    days.push(dayOf(settings.today), ...data.milestones.map((one) => dayOf(one.on)));
    if (data.end) days.push(dayOf(data.end));
    first = Math.min(...days) - 7;
    last = Math.max(...days) + 14;
    first -= weekdayOf(first);
    const wide = (last - first + 1) * px();
    for (const part of [canvas, head]) part.style.width = `${wide}px`;
    for (const part of [canvas, names]) part.style.height = `${data.rows.length * HEIGHT}px`;
    svg.setAttribute("width", String(wide));
    svg.setAttribute("height", String(data.rows.length * HEIGHT));
    scale();
  };

  /** The head: months above, weeks or days below; milestones as flags. */
  const scale = () => {
    head.replaceChildren();
    const put = (day: number, text: string, kind: string, title = "") => {
      const mark = make("span", { class: kind, ...(title ? { title } : {}) }, text);
      mark.style.left = `${xOf(day)}px`;
      head.append(mark);
    };
    for (const day of [first, ...marks(first + 1, last, "month")]) put(day, months.format(new Date(day * 86_400_000)), "wf-gantt-month");
    if (zoom !== "month") for (const day of marks(first, last, "week")) put(day, zoom === "day" ? shown(day) : String(Number(isoOf(day).slice(8))), "wf-gantt-week");
    for (const one of data.milestones) put(dayOf(one.on) + 1, "◆", one.met ? "wf-gantt-flag wf-met" : "wf-gantt-flag", `${one.name}: ${shown(dayOf(one.on))}`);
  };

  const ends = (row: Row, at: number): Ends | null => {
    if (!row.start || !row.end) return null;
    const from = xOf(dayOf(row.start));
    return { from, to: Math.max(xOf(dayOf(row.end) + 1), from + 4), row: at };
  };

  const label = (row: Row) => {
    const parts = [row.name, row.start && row.end ? `${shown(dayOf(row.start))} – ${shown(dayOf(row.end))}` : "", row.who];
    if (row.critical) parts.push(say("critical"));
    else if (row.slack !== null) parts.push(say("slack", { n: row.slack }));
    return parts.filter(Boolean).join(", ");
  };

  const draw = () => {
    frame = 0;
    if (drag) return;
    const [from, to] = seen(box.scrollTop, box.clientHeight || 600, HEIGHT, data.rows.length);
    const held = document.activeElement instanceof HTMLElement && bars.contains(document.activeElement);
    names.replaceChildren(...data.rows.slice(from, to).map((row, index) => nameOf(row, from + index)));
    bars.replaceChildren(...data.rows.slice(from, to).flatMap((row, index) => barOf(row, from + index) ?? []));
    links(from, to);
    if (held) one(`[data-task="${focused}"]`, bars)?.focus({ preventScroll: true });
  };
  const soon = () => { frame ||= requestAnimationFrame(draw); };

  const nameOf = (row: Row, at: number): HTMLElement => {
    const cell = row.head !== undefined
      ? make("div", { class: "wf-gantt-name wf-gantt-phase" }, row.head)
      : make("div", { class: `wf-gantt-name${row.status === "done" ? " wf-done" : ""}`, title: label(row) }, make("a", { href: row.url, class: "wf-quiet wf-cut" }, row.name));
    cell.style.top = `${at * HEIGHT}px`;
    if (row.head === undefined) cell.style.paddingInlineStart = `${12 + row.level * 12}px`;
    return cell;
  };

  const barOf = (row: Row, at: number): HTMLElement | null => {
    const place = ends(row, at);
    if (!place) return null;
    const kind = ["wf-gantt-task", `wf-is-${row.status}`, row.critical ? "wf-critical" : "", row.sum ? "wf-sum" : "", row.event ? "wf-event" : "", row.movable ? "wf-movable" : ""];
    const element = make("div", {
      class: kind.filter(Boolean).join(" "), "data-task": String(row.id), tabindex: row.id === focused ? "0" : "-1", role: "gridcell",
      "aria-label": label(row), title: label(row),
    });
    element.style.cssText = `left:${place.from}px;width:${place.to - place.from}px;top:${at * HEIGHT + 6}px`;
    if (row.progress > 0 && row.progress < 100) {
      const fill = make("span", { class: "wf-gantt-fill" });
      fill.style.width = `${row.progress}%`;
      element.append(fill);
    }
    return element;
  };

  const line = (d: string, kind: string) => {
    const path = document.createElementNS(NS, "path");
    path.setAttribute("d", d);
    path.setAttribute("class", kind);
    return path;
  };
  const links = (from: number, to: number) => {
    const parts: SVGElement[] = [];
    const height = data.rows.length * HEIGHT;
    if (px() > 4) for (const day of marks(first, last, "week")) parts.push(line(`M${xOf(day + 5)} 0h${2 * px()}V${height}h${-2 * px()}z`, "wf-gantt-off"));
    if (data.end) parts.push(line(`M${xOf(dayOf(data.end) + 1)} 0V${height}`, "wf-gantt-end"));
    parts.push(line(`M${xOf(dayOf(settings.today))} 0V${height}`, "wf-gantt-today"));
    for (const [one, two, kind] of data.links) {
      const [a, b] = [where.get(one), where.get(two)];
      if (a === undefined || b === undefined || Math.max(a, b) < from || Math.min(a, b) >= to) continue;
      const [left, right] = [ends(data.rows[a]!, a), ends(data.rows[b]!, b)];
      if (left && right) parts.push(line(arrow(left, right, kind, HEIGHT), data.rows[a]!.critical && data.rows[b]!.critical ? "wf-gantt-link wf-critical" : "wf-gantt-link"));
    }
    svg.replaceChildren(...parts);
  };

  const take = (text: string) => {
    data = JSON.parse(text) as Data;
    focused = data.rows.some((row) => row.id === focused) ? focused : (data.rows.find((row) => row.id && row.start)?.id ?? 0);
    measure();
    draw();
  };

  // ---- moving
  const move = async (row: Row, day: number) => {
    if (!row.start || day === dayOf(row.start)) return soon();
    const [old, focus] = [dayOf(row.start), bars.contains(document.activeElement)];
    remember();
    const answer = await send(settings.move, "POST", form({ task: String(row.id), start: isoOf(onWorkday(day)) }));
    if (!answer.ok) return draw();
    take(answer.text);
    const now = data.rows[where.get(row.id) ?? 0]!;
    live.textContent = say("moved", { name: row.name, from: shown(old), to: shown(dayOf(now.start ?? row.start)) });
    if (focus) one(`[data-task="${row.id}"]`, bars)?.focus({ preventScroll: true });
    root.dataset["moved"] = String(Number(root.dataset["moved"] ?? 0) + 1);
  };
  const rowOf = (element: Element | null) => data.rows[where.get(Number(element?.closest<HTMLElement>("[data-task]")?.dataset["task"])) ?? -1];

  bars.addEventListener("pointerdown", (event) => {
    const row = rowOf(event.target as Element);
    if (!row?.movable || event.button || event.pointerType === "touch") return;
    const element = (event.target as Element).closest<HTMLElement>("[data-task]")!;
    drag = { row, bar: element, x: event.clientX, days: 0 };
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    focused = row.id;
    element.focus({ preventScroll: true });
  });
  bars.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.days = Math.round((event.clientX - drag.x) / px());
    drag.bar.classList.toggle("wf-held", drag.days !== 0);
    drag.bar.style.transform = `translateX(${drag.days * px()}px)`;
  });
  const drop = (keep: boolean) => {
    const held = drag;
    drag = null;
    if (!held) return;
    held.bar.classList.remove("wf-held");
    if (keep && held.days) void move(held.row, onWorkday(dayOf(held.row.start!) + held.days));
    else draw();
  };
  bars.addEventListener("pointerup", () => drop(true));
  bars.addEventListener("pointercancel", () => drop(false));

  bars.addEventListener("focusin", (event) => { focused = rowOf(event.target as Element)?.id ?? focused; });
  bars.addEventListener("keydown", (event) => {
    const row = rowOf(event.target as Element);
    if (!row) return;
    if (event.key === "Escape") return drop(false);
    if (event.key === "Enter") return location.assign(row.url);
    const across = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (across) {
      event.preventDefault();
      event.stopPropagation();
      if (row.movable) void move(row, workdayFrom(dayOf(row.start!), across * (event.shiftKey ? 5 : 1)));
      return;
    }
    const down = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!down) return;
    event.preventDefault();
    event.stopPropagation();
    let at = (where.get(row.id) ?? 0) + down;
    while (data.rows[at] && !data.rows[at]!.start) at += down;
    const next = data.rows[at];
    if (!next) return;
    focused = next.id;
    const top = at * HEIGHT;
    if (top < box.scrollTop) box.scrollTop = top;
    if (top + HEIGHT + HEAD > box.scrollTop + box.clientHeight) box.scrollTop = top + HEIGHT + HEAD - box.clientHeight;
    draw();
    one(`[data-task="${focused}"]`, bars)?.focus({ preventScroll: true });
  });

  // ---- looking
  const remember = () => kept.set(settings.data, { zoom, left: box.scrollLeft, top: box.scrollTop });
  const toToday = () => { box.scrollLeft = Math.max(0, xOf(dayOf(settings.today)) - 140); };
  const look = (wish: Zoom) => {
    const middle = first + (box.scrollLeft + box.clientWidth / 3) / px();
    zoom = wish;
    for (const button of bar.querySelectorAll("[data-zoom]")) button.setAttribute("aria-pressed", String((button as HTMLElement).dataset["zoom"] === zoom));
    measure();
    box.scrollLeft = xOf(middle) - box.clientWidth / 3;
    draw();
  };
  for (const one of Object.keys(ZOOM) as Zoom[]) {
    const button = make("button", { type: "button", class: "btn wf-btn-sm", "data-zoom": one, "aria-pressed": String(one === zoom) }, say(one));
    button.addEventListener("click", () => look(one));
    bar.append(button);
  }
  const home = make("button", { type: "button", class: "btn wf-btn-sm wf-btn-ghost" }, say("today"));
  home.addEventListener("click", toToday);
  bar.append(home, make("span", { class: "wf-gap" }), make("span", { class: "wf-gantt-key wf-critical" }, say("critical")), make("span", { class: "wf-2 wf-12 wf-gantt-help" }, say("help")));
  box.addEventListener("scroll", () => { remember(); soon(); }, { passive: true });
  new ResizeObserver(soon).observe(box);

  let stale = false;
  void send(settings.data).then((answer) => {
    if (!answer.ok || stale) return;
    const before = kept.get(settings.data);
    root.replaceChildren(bar, box, live);
    take(answer.text);
    if (!where.size) return root.replaceChildren(make("p", { class: "wf-panel-body wf-2" }, say("none")));
    if (before) box.scrollTo(before.left, before.top);
    else {
      // where work goes on now; what is over lies above and to the left
      const at = data.rows.findIndex((row) => row.id && row.status !== "done");
      box.scrollTop = Math.max(0, at - 3) * HEIGHT;
      toToday();
    }
    draw();
    root.dataset["ready"] = "1";
  });
  // A soft refresh of the page (after Undo) morphs the chart into the table of the server: a new chart takes its place.
  const refreshed = () => {
    if (root.isConnected && root.dataset["ready"] === "1") return;
    stale = true;
    document.removeEventListener("wf:refreshed", refreshed);
    if (root.isConnected) start(root);
  };
  document.addEventListener("wf:refreshed", refreshed);
}
