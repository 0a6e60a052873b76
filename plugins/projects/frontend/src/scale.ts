/** Days of a chart as whole numbers, without clocks or zones in between. */

const DAY = 86_400_000;

/** Number of a day, `2026-11-30` counted from 1970. */
export function dayOf(iso: string): number {
  return Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY);
}

export function isoOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(day: number): number {
  return (day + 3) % 7;
}

/** The working day that is so many working days away; weekends are no working days. */
export function workdayFrom(day: number, steps: number): number {
  let at = day;
  const way = Math.sign(steps);
  for (let left = Math.abs(steps); left > 0;) {
    at += way;
    if (weekdayOf(at) < 5) left -= 1;
  }
  return at;
}

/** The nearest working day at or after a day. */
export function onWorkday(day: number): number {
  return weekdayOf(day) > 4 ? day + 7 - weekdayOf(day) : day;
}

/** Beginnings of months or weeks between two days. */
export function marks(from: number, to: number, unit: "week" | "month"): number[] {
  const found: number[] = [];
  for (let day = from; day <= to; day += 1) {
    if (unit === "week" ? weekdayOf(day) === 0 : isoOf(day).endsWith("-01")) found.push(day);
  }
  return found;
}

/** First and one-past-last row that can be seen, with some to spare. */
export function seen(top: number, height: number, row: number, rows: number, spare = 8): [number, number] {
  const first = Math.max(0, Math.floor(top / row) - spare);
  return [first, Math.min(rows, Math.ceil((top + height) / row) + spare)];
}

export interface Ends { from: number; to: number; row: number }

/** The way of a link from one bar to another, in pixels of the chart: out, down, in. */
export function arrow(before: Ends, after: Ends, kind: string, row: number): string {
  const [x1, out] = kind.startsWith("F") ? [before.to, 6] : [before.from, -6];
  const [x2, into] = kind.endsWith("S") ? [after.from, -6] : [after.to, 6];
  const y1 = before.row * row + row / 2;
  const y2 = after.row * row + row / 2;
  const bend = y2 > y1 ? y2 - row / 2 : y2 + row / 2;
  const straight = kind === "FS" && x2 - x1 >= 12;
  const middle = straight ? `H${x1 + out}V${y2}` : `H${x1 + out}V${bend}H${x2 + into}V${y2}`;
  return `M${x1} ${y1}${middle}H${x2}`;
}
