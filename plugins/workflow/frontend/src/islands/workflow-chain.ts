/** The form of a chain: inputs that mean nothing for what was chosen step back. Without a script all of them stand there. */
import { all } from "../../../../../core/web/frontend/src/lib/dom";

/** Which inputs belong to which choice of "who". */
const OF: Record<string, string[]> = {
  levels: ["unit_head"], role: ["role"], role2: ["role"], user: ["person"], path: ["path"], duty: ["matrix"],
};

export function start(root: HTMLElement): void {
  const value = (name: string) => root.querySelector<HTMLSelectElement | HTMLInputElement>(`[name="${name}"]`)?.value ?? "";
  const show = (name: string, on: boolean) => {
    const box = root.querySelector<HTMLElement>(`[data-field="${name}"]`);
    if (box && !box.querySelector(".wf-error")) box.hidden = !on;
  };
  const settle = () => {
    show("action", value("on") === "action");
    for (const name of ["of_field", "to"]) show(name, ["change", "schedule"].includes(value("on")));
    all("[data-step]", root).forEach((step) => {
      const at = `s${step.dataset.step ?? ""}-`;
      for (const [name, kinds] of Object.entries(OF)) show(at + name, kinds.includes(value(`${at}who`)));
      show(`${at}share`, value(`${at}mode`) === "share");
      const when = value(`${at}when`);
      for (const name of ["op", "currency"]) show(at + name, when !== "" && !when.startsWith("table:"));
      show(`${at}value`, when !== "");
      show(`${at}then`, value(`${at}days`) !== "");
    });
  };
  root.addEventListener("change", settle);
  root.addEventListener("input", settle);
  settle();
}
