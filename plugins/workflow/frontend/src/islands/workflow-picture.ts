/** A process as a picture with the place of a case: drawn by bpmn-js, loaded only when the picture comes into sight.
    The list of steps above says the same to whoever has no script. */
import { make, options } from "../../../../../core/web/frontend/src/lib/dom";

interface Options { data: string; present: string[]; passed: string[]; label: string; failed: string }
interface Canvas {
  zoom(level: "fit-viewport" | number, center?: "auto"): number;
  scroll(by: { dx: number; dy: number }): void;
  addMarker(id: string, marker: string): void;
}
interface Registry { get(id: string): unknown }

export function start(root: HTMLElement): void {
  const settings = options<Options>(root);
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    void draw(root, settings);
  });
  seen.observe(root);
}

async function draw(root: HTMLElement, settings: Options): Promise<void> {
  const [{ default: Viewer }, answer] = await Promise.all([
    import("../../../../../core/web/frontend/src/lib/bpmn"),
    fetch(settings.data, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" }),
  ]);
  const box = make("div", { class: "wf-wfl-canvas", role: "img", "aria-label": settings.label, tabindex: "0" });
  root.replaceChildren(box);
  const shown = getComputedStyle(root);
  const colour = (name: string, fallback: string) => shown.getPropertyValue(name).trim() || fallback;
  const viewer = new Viewer({
    container: box,
    bpmnRenderer: {
      defaultFillColor: colour("--wf-canvas", "#fff"),
      defaultStrokeColor: colour("--wf-text-2", "#444"),
      defaultLabelColor: colour("--wf-text", "#222"),
    },
  } as ConstructorParameters<typeof Viewer>[0]);
  try {
    if (!answer.ok) throw new Error(String(answer.status));
    await viewer.importXML(await answer.text());
    const canvas = viewer.get("canvas") as Canvas;
    const known = viewer.get("elementRegistry") as Registry;
    const mark = (ids: string[], marker: string) => ids.filter((id) => known.get(id)).forEach((id) => canvas.addMarker(id, marker));
    mark(settings.passed.filter((id) => !settings.present.includes(id)), "wf-wfl-passed");
    mark(settings.present, "wf-wfl-present");
    // room at the right and below for the sign of bpmn.io, which nothing may cover
    canvas.zoom(Math.min(1, canvas.zoom("fit-viewport", "auto") * 0.82), "auto");
    canvas.scroll({ dx: -20, dy: -14 });
  } catch {
    root.replaceChildren(make("p", { class: "wf-panel-body wf-2" }, settings.failed));
  }
}
