import { describe, expect, it } from "vitest";
import { Selection } from "./selection";

const order = ["1", "2", "3", "4", "5", "6"];

describe("selection", () => {
  it("ticks the range between two clicks, in either direction", () => {
    const s = new Selection();
    s.toggle("4");
    s.range(order, "2");
    expect([...s.ids].sort()).toEqual(["2", "3", "4"]);
    s.range(order, "6");
    expect(s.count(174)).toBe(5);
  });
  it("starts a range at the row itself when nothing was touched or the anchor has gone", () => {
    const s = new Selection();
    s.range(order, "3");
    expect([...s.ids]).toEqual(["3"]);
    s.toggle("99");
    s.range(order, "5");
    expect(s.has("5")).toBe(true);
    expect(s.has("4")).toBe(false);
  });
  it("knows every match except some", () => {
    const s = new Selection();
    s.matchAll();
    s.toggle("2");
    expect(s.count(174)).toBe(173);
    expect(s.has("2")).toBe(false);
    expect(s.has("not loaded yet")).toBe(true);
    expect(s.parameters()).toEqual({ all: "1", except: "2" });
  });
  it("tells the state of the head box", () => {
    const s = new Selection();
    expect(s.state(order)).toBe("none");
    s.toggle("1");
    expect(s.state(order)).toBe("some");
    s.shown(order, true);
    expect(s.state(order)).toBe("all");
    s.shown(order, false);
    expect(s.state(order)).toBe("none");
  });
});
