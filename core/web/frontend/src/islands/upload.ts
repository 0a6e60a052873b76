/** File fields: drop area, progress, refusal of what is too large before it is sent. */
import { all, make, one, options, word } from "../lib/dom";
import { token } from "../lib/server";
import { awaited } from "../lib/waiting";

interface Setup { name: string; url: string | null; multiple: boolean; maxBytes: number | null; accept: string | null }

export function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let n = bytes;
  let unit = 0;
  while (n >= 1000 && unit < 3) {
    n /= 1024; // as limits are set, and as the server writes sizes
    unit += 1;
  }
  return `${n >= 10 || unit === 0 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

export function accepted(file: { name: string; type: string }, accept: string | null): boolean {
  if (!accept) return true;
  return accept.split(",").some((rule) => {
    const r = rule.trim().toLowerCase();
    if (r.startsWith(".")) return file.name.toLowerCase().endsWith(r);
    return r.endsWith("/*") ? file.type.startsWith(r.slice(0, -1)) : file.type === r;
  });
}

export function start(field: HTMLElement): void {
  const setup = options<Setup>(field);
  const list = one(".wf-files", field)!;
  const zone = one(".wf-drop-zone", field)!;
  const input = one<HTMLInputElement>("input[type=file]", field)!;
  const template = one<HTMLTemplateElement>("template", field)!;

  const line = (file: File) => {
    const item = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    one(".wf-cut", item)!.textContent = file.name;
    one(".wf-3", item)!.textContent = humanSize(file.size);
    if (!setup.multiple) list.replaceChildren();
    list.append(item);
    return item;
  };
  const refuse = (item: HTMLElement, text: string) => {
    one("svg.wf-bar", item)?.remove();
    item.classList.add("wf-refused");
    item.append(make("span", { class: "wf-late wf-12", role: "alert" }, text));
  };
  /** The file stays in the list and goes again: by itself once there is a connection, or when asked. */
  const again = (file: File, item: HTMLElement) => {
    const bar = one("svg.wf-bar", item)?.cloneNode(true);
    refuse(item, word("offline"));
    const button = make("button", { type: "button", class: "wf-btn-text wf-12" }, word("retry"));
    const retry = () => {
      window.removeEventListener("online", retry);
      if (!item.isConnected) return;
      item.classList.remove("wf-refused");
      all("[role=alert]", item).forEach((text) => text.remove());
      if (bar) button.replaceWith(bar);
      else button.remove();
      upload(file, item);
    };
    button.addEventListener("click", retry);
    window.addEventListener("online", retry);
    one("[data-file-remove]", item)?.before(button);
  };
  const upload = (file: File, item: HTMLElement) => {
    const request = new XMLHttpRequest();
    const done = awaited(field.closest("form"));
    const rect = one("rect", item);
    request.upload.onprogress = (event) => rect?.setAttribute("width", `${Math.round((event.loaded / event.total) * 100)}%`);
    const fail = (text: string) => { refuse(item, text); done(false); };
    request.onerror = () => { again(file, item); done(false); };
    request.onload = () => {
      const body = (() => { try { return JSON.parse(request.responseText) as { id?: string | number; error?: string }; } catch { return {}; } })();
      if (request.status >= 300 || body.id === undefined) return fail(body.error ?? word("failed"));
      one("svg.wf-bar", item)?.remove();
      item.prepend(make("input", { type: "hidden", name: setup.name, value: String(body.id) }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      done(true);
    };
    request.open("POST", setup.url!);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("X-Requested-With", "fetch");
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  };
  const take = (files: Iterable<File>) => {
    for (const file of files) {
      const item = line(file);
      if (setup.maxBytes && file.size > setup.maxBytes) refuse(item, word("tooLarge", { size: humanSize(setup.maxBytes) }));
      else if (!accepted(file, setup.accept)) refuse(item, word("wrongType"));
      else if (setup.url) upload(file, item);
      else one("svg.wf-bar", item)?.remove();
      if (!setup.multiple) break;
    }
    if (setup.url) input.value = "";
  };

  input.addEventListener("change", () => take([...(input.files ?? [])]));
  // A file chosen before this code had come.
  if (input.files?.length) take([...input.files]);
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("wf-over"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("wf-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...((event as DragEvent).dataTransfer?.files ?? [])];
    if (!setup.url) {
      const carrier = new DataTransfer();
      for (const file of setup.multiple ? files : files.slice(0, 1)) carrier.items.add(file);
      input.files = carrier.files;
    }
    take(files);
  });
  list.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-file-remove]")) return;
    (event.target as Element).closest("li")?.remove();
    if (!setup.url) input.value = "";
    if (!all("li", list).length) field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
