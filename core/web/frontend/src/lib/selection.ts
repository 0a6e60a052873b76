/** What is ticked in a list: single rows, ranges, or every match except some. Pure. */
export class Selection {
  readonly ids = new Set<string>();
  readonly except = new Set<string>();
  everything = false;
  private anchor: string | null = null;

  has(id: string): boolean {
    return this.everything ? !this.except.has(id) : this.ids.has(id);
  }

  private put(id: string, on: boolean): void {
    if (this.everything) on ? this.except.delete(id) : this.except.add(id);
    else on ? this.ids.add(id) : this.ids.delete(id);
  }

  toggle(id: string, on = !this.has(id)): void {
    this.put(id, on);
    this.anchor = id;
  }

  /** Shift-click: everything between the last touched row and this one gets the state of this one. */
  range(order: readonly string[], id: string, on = true): void {
    const to = order.indexOf(id);
    const from = this.anchor === null ? to : order.indexOf(this.anchor);
    if (to < 0) return;
    const [low, high] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    for (const each of order.slice(low, high + 1)) this.put(each, on);
    this.anchor = id;
  }

  shown(order: readonly string[], on: boolean): void {
    for (const id of order) this.put(id, on);
    if (!on) this.clear();
  }

  matchAll(): void {
    this.everything = true;
    this.except.clear();
    this.ids.clear();
  }

  clear(): void {
    this.everything = false;
    this.ids.clear();
    this.except.clear();
    this.anchor = null;
  }

  count(matches: number): number {
    return this.everything ? Math.max(0, matches - this.except.size) : this.ids.size;
  }

  /** State of the box in the head: "all", "some" or "none" of the rows shown. */
  state(order: readonly string[]): "all" | "some" | "none" {
    const on = order.filter((id) => this.has(id)).length;
    return on === 0 ? (this.ids.size || this.everything ? "some" : "none") : on === order.length ? "all" : "some";
  }

  parameters(): Record<string, string> {
    if (!this.everything) return { ids: [...this.ids].join(",") };
    return this.except.size ? { all: "1", except: [...this.except].join(",") } : { all: "1" };
  }
}
