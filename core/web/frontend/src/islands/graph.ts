/** The picture of links: arrow keys go to the nearest record in that direction, what one points at stands out. */
import { all } from "../lib/dom";

export function start(box: HTMLElement): void {
  const nodes = () => all<SVGAElement>("[data-node]", box);
  const at = (node: SVGAElement) => ({ x: Number(node.dataset["x"]), y: Number(node.dataset["y"]) });

  const light = (id: string | null) => {
    const near = new Set([id]);
    for (const edge of all<SVGLineElement>("line", box)) {
      const mine = id !== null && (edge.dataset["a"] === id || edge.dataset["b"] === id);
      edge.classList.toggle("wf-on", mine);
      if (mine) near.add(edge.dataset["a"] ?? "").add(edge.dataset["b"] ?? "");
    }
    for (const node of nodes()) node.classList.toggle("wf-dim", id !== null && !near.has(node.dataset["node"] ?? ""));
  };
  const under = (event: Event) => (event.target as Element).closest<SVGAElement>("[data-node]");

  box.addEventListener("pointerover", (event) => { const node = under(event); if (node) light(node.dataset["node"] ?? null); });
  box.addEventListener("pointerout", (event) => { if (under(event)) light(null); });
  box.addEventListener("focusin", (event) => { const node = under(event); if (node) light(node.dataset["node"] ?? null); });
  box.addEventListener("focusout", () => light(null));
  box.addEventListener("keydown", (event) => {
    const way = ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] } as Record<string, [number, number]>)[event.key];
    const here = under(event);
    if (!way || !here) return;
    const from = at(here);
    let best: SVGAElement | null = null;
    let least = Infinity;
    for (const node of nodes()) {
      if (node === here) continue;
      const dx = at(node).x - from.x;
      const dy = at(node).y - from.y;
      const along = dx * way[0] + dy * way[1];
      // sideways counts double: what lies ahead comes first
      const cost = along + 2 * Math.abs(dx * way[1] + dy * way[0]);
      if (along > 1 && cost < least) { least = cost; best = node; }
    }
    if (!best) return;
    event.preventDefault();
    best.focus();
  });
}
