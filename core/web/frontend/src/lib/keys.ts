/** Keys as one writes them: "K", "Ctrl Enter", "g h", "?". Pure. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** The name of a pressed key; Cmd counts as Ctrl, Shift only matters where it does not change the character. */
export function keyName(e: Pressed): string {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key === "Escape" ? "Esc" : e.key === " " ? "Space" : e.key;
  const name = key === " " ? "Space" : key;
  const parts = [];
  if (e.ctrlKey || e.metaKey) parts.push("Ctrl");
  if (e.altKey) parts.push("Alt");
  if (e.shiftKey && name.length > 1) parts.push("Shift");
  return [...parts, name].join(" ");
}

/** The same for a shortcut as written in data-key. */
export function normalise(shortcut: string): string {
  return shortcut
    .trim()
    .split(/\s+/)
    .map((part) => (part.length === 1 ? part.toLowerCase() : part))
    .join(" ");
}

/** Follows sequences of two keys such as "g h"; forgets the first after a second. */
export class Sequence {
  private first = "";
  private at = 0;

  constructor(private readonly known: () => Iterable<string>, private readonly patience = 1000) {}

  /** The shortcut that this key completes, "wait" when it begins one, or null. */
  feed(name: string, now: number): string | "wait" | null {
    const known = new Set(this.known());
    const pair = this.first && now - this.at < this.patience ? `${this.first} ${name}` : "";
    this.first = "";
    if (pair && known.has(pair)) return pair;
    if ([...known].some((k) => k.startsWith(`${name} `) && !k.startsWith("Ctrl"))) {
      this.first = name;
      this.at = now;
      if (!known.has(name)) return "wait";
    }
    return known.has(name) ? name : null;
  }
}

/** Next place of a cursor in a list of `length` rows; -1 means none yet. */
export function step(current: number, length: number, by: number): number {
  if (length === 0) return -1;
  if (current < 0) return by > 0 ? 0 : length - 1;
  return Math.min(length - 1, Math.max(0, current + by));
}
