/** Warnings while a form is filled in: asked after a pause in typing; one that blocks turns the saving buttons off. */
import { all, debounce, one, options } from "../lib/dom";
import { form as values, send } from "../lib/server";

interface Setup { url: string; fields: string[] }

export function start(place: HTMLElement): void {
  const form = place.closest("form");
  if (!form) return;
  const { url, fields } = options<Setup>(place);
  const names = new Set(fields);
  let asked = 0;
  let last = "";

  const typed = (): URLSearchParams => {
    const found = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") found.append(name, value);
    return found;
  };
  const watched = (given: URLSearchParams) => fields.map((name) => given.getAll(name).join(",").trim()).join("\n");
  const settle = () => {
    const off = one("[data-blocks]", place) !== null;
    for (const button of all<HTMLButtonElement>("button[type=submit]", form)) button.disabled = off;
  };
  const ask = async () => {
    const body = typed();
    const now = watched(body);
    if (now === last) return;
    last = now;
    const mine = ++asked;
    if (!now.trim()) {
      place.replaceChildren();
      return settle();
    }
    const answer = await send(url, "POST", body);
    if (mine !== asked || !(answer.ok || answer.status === 429)) return; // an older answer, or none: what is shown stays
    place.innerHTML = answer.text;
    settle();
  };
  const soon = debounce(() => void ask(), 350);
  const heard = (event: Event) => {
    const name = (event.target as HTMLInputElement).name ?? "";
    if (names.has(name) || [...names].some((one) => name.startsWith(`${one}-`))) soon();
  };
  form.addEventListener("input", heard);
  form.addEventListener("change", heard);
  place.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-check-post]");
    if (!button) return;
    button.disabled = true;
    const given = JSON.parse(button.dataset["values"] ?? "{}") as Record<string, string>;
    void send(button.dataset["checkPost"] ?? "", "POST", values(given)).then((answer) => {
      button.disabled = answer.ok;
    });
  });
  void ask();
}
