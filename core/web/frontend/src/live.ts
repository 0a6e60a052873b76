/** Counters and lists follow what others do: asks the server while the page is seen. */
import { address, all, one } from "./lib/dom";
import { refresh } from "./page";

const EVERY = 45_000;

export function showCounts(counts: Record<string, number>): void {
  for (const element of all("[data-count]")) {
    const n = counts[element.dataset["count"] ?? ""];
    if (n !== undefined) element.textContent = n ? String(n) : "";
  }
  for (const pip of all("[data-count-pip]")) {
    const n = counts[pip.dataset["countPip"] ?? ""];
    if (n !== undefined) pip.hidden = !n;
  }
}

async function ask(): Promise<void> {
  if (document.hidden) return;
  try {
    const list = one("#wf-list")?.dataset["entity"] ?? "";
    const answer = await fetch(`${address("live")}${list ? `?seen=${encodeURIComponent(list)}` : ""}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) return;
    const body = (await answer.json()) as { counts?: Record<string, number>; changed?: string[] };
    if (body.counts) showCounts(body.counts);
    const quiet = !one("dialog[open], .wf-editing, .wf-dragging, details.wf-drop[open]");
    if (list && quiet && body.changed?.includes(list)) void refresh("#wf-list");
  } catch {
    // a missed poll is no error: the next one tells
  }
}

export function startLive(): void {
  document.body.addEventListener("wf:counts", (event) => showCounts((event as CustomEvent<Record<string, number>>).detail));
  if (!address("live")) return;
  setInterval(() => void ask(), EVERY);
  document.addEventListener("visibilitychange", () => void ask());
}
