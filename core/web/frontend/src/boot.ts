/** Starts the islands of a part of the page, each loaded when first seen. */
import { all } from "./lib/dom";

type Island = (element: HTMLElement) => void;

const ISLANDS: Record<string, () => Promise<{ start: Island }>> = {
  board: () => import("./islands/board"),
  checks: () => import("./islands/checks"),
  days: () => import("./islands/days"),
  demo: () => import("./islands/demo"),
  dialog: () => import("./islands/dialog"),
  draft: () => import("./islands/draft"),
  edit: () => import("./islands/edit"),
  fill: () => import("./islands/fill"),
  filters: () => import("./islands/filters"),
  graph: () => import("./islands/graph"),
  list: () => import("./islands/list"),
  peek: () => import("./islands/peek"),
  picker: () => import("./islands/picker"),
  planner: () => import("./islands/planner"),
  sidebar: () => import("./islands/sidebar"),
  theme: () => import("./islands/theme"),
  toast: () => import("./islands/toast"),
  upload: () => import("./islands/upload"),
};

// Islands that plugins bring: the name of the file is the name of the island, and begins with the plugin's key.
const BROUGHT = import.meta.glob<{ start: Island }>("../../../../plugins/*/frontend/src/islands/*.ts");
for (const [path, load] of Object.entries(BROUGHT)) {
  const name = /([\w-]+)\.ts$/.exec(path)?.[1];
  if (name) ISLANDS[name] = load;
}

const started = new WeakSet<HTMLElement>();

export function boot(root: ParentNode = document): void {
  const found = all("[data-island]", root);
  if (root instanceof HTMLElement && root.dataset["island"]) found.unshift(root);
  for (const element of found) {
    const load = ISLANDS[element.dataset["island"] ?? ""];
    // what people wrote never starts anything, whatever attributes it carries
    if (!load || started.has(element) || element.closest("[hx-disable]")) continue;
    started.add(element);
    void load().then((module) => module.start(element));
  }
}
