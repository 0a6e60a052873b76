import { describe, expect, it } from "vitest";
import { keyName, normalise, Sequence, step } from "./keys";

const press = (key: string, more: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

describe("keys", () => {
  it("names what was pressed", () => {
    expect(keyName(press("K", { metaKey: true }))).toBe("Ctrl k");
    expect(keyName(press("?", { shiftKey: true }))).toBe("?");
    expect(keyName(press(" "))).toBe("Space");
    expect(keyName(press("Escape"))).toBe("Esc");
    expect(keyName(press("ArrowDown", { shiftKey: true }))).toBe("Shift ArrowDown");
    expect(keyName(press("Enter", { ctrlKey: true }))).toBe(normalise("Ctrl Enter"));
    expect(normalise("L")).toBe("l");
  });
  it("follows two keys and forgets the first", () => {
    const s = new Sequence(() => ["g h", "n", "g t"]);
    expect(s.feed("g", 0)).toBe("wait");
    expect(s.feed("h", 500)).toBe("g h");
    expect(s.feed("g", 1000)).toBe("wait");
    expect(s.feed("h", 2500)).toBe(null);
    expect(s.feed("n", 2600)).toBe("n");
  });
  it("moves a cursor and stays inside", () => {
    expect(step(-1, 5, 1)).toBe(0);
    expect(step(-1, 5, -1)).toBe(4);
    expect(step(4, 5, 1)).toBe(4);
    expect(step(0, 0, 1)).toBe(-1);
  });
});
