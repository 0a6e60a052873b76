/** Groups remember open or shut; [ shuts the sidebar; Esc closes it where it lies over the page. */
import { address, all, one } from "../lib/dom";
import { form, send } from "../lib/server";

export function start(scroll: HTMLElement): void {
  const app = one("#wf-app");
  const tell = (values: Record<string, string>) => { if (address("sidebar")) void send(address("sidebar"), "POST", form(values)); };
  for (const group of all<HTMLDetailsElement>("details[data-nav-group]", scroll)) {
    const summary = one("summary", group);
    summary?.addEventListener("click", (event) => {
      if (app?.classList.contains("wf-side-shut") && innerWidth >= 992) {
        event.preventDefault();
        group.open = true;
        shut(false);
      } else tell({ group: group.dataset["navGroup"] ?? "", open: group.open ? "0" : "1" });
    });
  }
  const shut = (on: boolean) => {
    app?.classList.toggle("wf-side-shut", on);
    tell({ shut: on ? "1" : "0" });
  };
  app?.addEventListener("wf:sidebar", () => shut(!app.classList.contains("wf-side-shut")));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && location.hash === "#wf-side") history.back(); });
  one(".wf-side .wf-on", document)?.scrollIntoView({ block: "nearest" });
}
