/** Small things every island needs: words of the page, options of an island, typed queries. */

const words: Record<string, string> = JSON.parse(document.body?.dataset["words"] ?? "{}");
const urls: Record<string, string> = JSON.parse(document.body?.dataset["urls"] ?? "{}");

/** A word of the page with its slots filled: `%(name)s`. */
export function word(key: string, slots: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name: string) => String(slots[name] ?? ""));
}

/** An address of the frame; empty where the frame has none. */
export function address(key: string): string {
  return urls[key] ?? "";
}

export function all<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

export function one<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T | null {
  return root.querySelector<T>(selector);
}

export function options<T>(element: HTMLElement): T {
  return JSON.parse(element.dataset["options"] || "{}") as T;
}

/** True where keys belong to what the person is typing. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "file", "range"].includes(target.type);
}

export function visible(element: Element): boolean {
  return element.getClientRects().length > 0;
}

/** An element with text and attributes; nothing is ever parsed as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The parsed form of an answer's HTML (rows and cells need a template around them). */
export function fragment(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function debounce<A extends unknown[]>(run: (...args: A) => void, ms: number): (...args: A) => void {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => run(...args), ms);
  };
}

/** Icon of the sprite; its address is taken from one that is on the page. */
export function icon(name: string, size = 16): SVGSVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const sprite = (one<SVGUseElement>("use")?.getAttribute("href") ?? "").split("#")[0] ?? "";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", `wf-i${size === 16 ? "" : ` wf-i-${size}`}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}
