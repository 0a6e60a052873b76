import { describe, expect, it } from "vitest";
import { arrow, dayOf, isoOf, marks, onWorkday, seen, weekdayOf, workdayFrom } from "./scale";

describe("days", () => {
  it("are whole numbers in both directions", () => {
    expect(isoOf(dayOf("2026-03-29"))).toBe("2026-03-29");
    expect(dayOf("2026-04-01") - dayOf("2026-03-29")).toBe(3);
    expect(weekdayOf(dayOf("2026-11-30"))).toBe(0);
  });
  it("skip weekends when counted in working days", () => {
    const friday = dayOf("2026-12-04");
    expect(isoOf(workdayFrom(friday, 1))).toBe("2026-12-07");
    expect(isoOf(workdayFrom(friday, -5))).toBe("2026-11-27");
    expect(isoOf(onWorkday(friday + 1))).toBe("2026-12-07");
    expect(workdayFrom(friday, 0)).toBe(friday);
  });
  it("are marked by weeks and months", () => {
    expect(marks(dayOf("2026-11-28"), dayOf("2026-12-08"), "week").map(isoOf)).toEqual(["2026-11-30", "2026-12-07"]);
    expect(marks(dayOf("2026-11-28"), dayOf("2026-12-08"), "month").map(isoOf)).toEqual(["2026-12-01"]);
  });
});

describe("rows", () => {
  it("are drawn only where they can be seen", () => {
    expect(seen(0, 600, 30, 2000)).toEqual([0, 28]);
    expect(seen(30_000, 600, 30, 2000)).toEqual([992, 1028]);
    expect(seen(59_400, 600, 30, 2000)).toEqual([1972, 2000]);
  });
});

describe("links", () => {
  it("go straight down where there is room, else around", () => {
    expect(arrow({ from: 0, to: 40, row: 0 }, { from: 60, to: 90, row: 1 }, "FS", 30)).toBe("M40 15H46V45H60");
    expect(arrow({ from: 0, to: 40, row: 0 }, { from: 42, to: 90, row: 1 }, "FS", 30)).toBe("M40 15H46V30H36V45H42");
    expect(arrow({ from: 10, to: 40, row: 1 }, { from: 10, to: 90, row: 0 }, "SS", 30)).toBe("M10 45H4V30H4V15H10");
  });
});
