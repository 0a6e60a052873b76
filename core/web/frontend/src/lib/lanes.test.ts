import { describe, expect, it } from "vitest";
import { lanes, snap, stamp } from "./lanes";

describe("lanes", () => {
  it("keeps what does not overlap in one lane", () => {
    expect(lanes([{ from: 60, to: 120 }, { from: 120, to: 180 }])).toEqual([{ lane: 0, of: 1 }, { lane: 0, of: 1 }]);
  });
  it("puts overlapping ones side by side and uses a lane again", () => {
    const found = lanes([{ from: 60, to: 180 }, { from: 90, to: 120 }, { from: 120, to: 170 }]);
    expect(found).toEqual([{ lane: 0, of: 2 }, { lane: 1, of: 2 }, { lane: 1, of: 2 }]);
  });
  it("gives entries without length room to be read", () => {
    expect(lanes([{ from: 60, to: 60 }, { from: 70, to: 90 }]).map((one) => one.of)).toEqual([2, 2]);
  });
});

describe("times", () => {
  it("snaps to quarters and crosses midnight", () => {
    expect(snap(617)).toBe(615);
    expect(stamp("2026-11-30", 24 * 60 + 15)).toBe("2026-12-01T00:15");
    expect(stamp("2026-03-01", -30)).toBe("2026-02-28T23:30");
  });
});
