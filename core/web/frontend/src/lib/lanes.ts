/** Where entries that overlap stand side by side. Pure. */
export interface Span { from: number; to: number }
export interface Lane { lane: number; of: number }

/** For each span its lane and how many lanes its group needs; short ones count as `least` minutes high. */
export function lanes(spans: Span[], least = 24): Lane[] {
  const order = spans.map((_, at) => at).sort((a, b) => spans[a]!.from - spans[b]!.from || spans[b]!.to - spans[a]!.to);
  const found: Lane[] = spans.map(() => ({ lane: 0, of: 1 }));
  let group: number[] = [];
  let ends: number[] = [];
  let edge = -1;
  const close = () => {
    for (const at of group) found[at]!.of = ends.length;
    group = [];
    ends = [];
  };
  for (const at of order) {
    const { from, to } = spans[at]!;
    const end = Math.max(to, from + least);
    if (from >= edge) close();
    const free = ends.findIndex((last) => last <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = end;
    found[at]!.lane = lane;
    group.push(at);
    edge = Math.max(edge, end);
  }
  close();
  return found;
}

/** A minute of a day on the nearest step. */
export function snap(minute: number, step = 15): number {
  return Math.round(minute / step) * step;
}

/** `2026-11-25` and 615 as `2026-11-25T10:15`; minutes beyond midnight go on to other days. */
export function stamp(day: string, minute: number): string {
  const at = new Date(Date.UTC(+day.slice(0, 4), +day.slice(5, 7) - 1, +day.slice(8, 10), 0, minute));
  return at.toISOString().slice(0, 16);
}
