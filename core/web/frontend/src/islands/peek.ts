/** The side peek: a record beside the list; arrow keys step to the next one. */
import { htmx } from "../htmx";
import { all, one, typing } from "../lib/dom";
import { step } from "../lib/keys";

export function openPeek(url: string): void {
  void htmx.ajax("get", url, { target: "#wf-peek", swap: "innerHTML" });
}

export function start(peek: HTMLElement): void {
  let from: HTMLElement | null = null;
  const sources = () => all("tr[data-peek-url], .wf-board-card[data-peek-url]");
  const close = () => {
    if (!peek.childElementCount) return;
    peek.replaceChildren();
    from?.focus();
    from = null;
  };
  const next = (by: number) => {
    const list = sources();
    const target = list[step(from ? list.indexOf(from) : -1, list.length, by)];
    if (!target || target === from) return;
    from = target;
    for (const row of all("tr.wf-cur")) row.classList.remove("wf-cur");
    target.classList.toggle("wf-cur", target.tagName === "TR");
    target.scrollIntoView({ block: "nearest" });
    openPeek(target.dataset["peekUrl"] ?? "");
  };

  document.addEventListener("click", (event) => {
    const source = (event.target as Element).closest<HTMLElement>("[data-peek-url]");
    const chip = source?.classList.contains("wf-pick") && !(event.target as Element).closest("button");
    if (source && (event.altKey || chip)) {
      event.preventDefault();
      from = source.closest<HTMLElement>("tr") ?? source;
      openPeek(source.dataset["peekUrl"] ?? "");
    }
  });
  document.body.addEventListener("wf:peek", (event) => {
    from = (event as CustomEvent<HTMLElement>).detail;
    openPeek(from.dataset["peekUrl"] ?? "");
  });
  peek.addEventListener("click", (event) => {
    const target = (event.target as Element).closest<HTMLElement>("[data-close], [data-peek-step]");
    if (!target) return;
    if (target.dataset["peekStep"]) next(Number(target.dataset["peekStep"]));
    else close();
  });
  document.addEventListener("keydown", (event) => {
    if (!peek.childElementCount || typing(event.target) || one("dialog[open]")) return;
    if (event.key === "Escape" || event.key === "ArrowLeft") close();
    else if (event.key === "ArrowDown" || event.key === "j") next(1);
    else if (event.key === "ArrowUp" || event.key === "k") next(-1);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.body.addEventListener("wf:close", close);
}
