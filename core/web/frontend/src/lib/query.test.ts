import { describe, expect, it } from "vitest";
import { columnsParameter, withFilter, withParameter } from "./query";

const list = "/employee/crm/accounts/?role=customer&cursor=abc&sort=-updated_at";

describe("addresses of lists", () => {
  it("sets and removes one parameter and drops the cursor", () => {
    expect(withParameter(list, "sort", "title")).toBe("/employee/crm/accounts/?role=customer&sort=title");
    expect(withParameter(list, "role", null)).toBe("/employee/crm/accounts/?sort=-updated_at");
    expect(withParameter("/a/", "q", "漏损 LD-3")).toBe("/a/?q=%E6%BC%8F%E6%8D%9F+LD-3");
  });
  it("writes comparisons behind two underscores, equality alone", () => {
    expect(withFilter("/a/", { key: "stage", op: "eq", values: ["won"] })).toBe("/a/?stage=won");
    expect(withFilter("/a/", { key: "amount", op: "gte", values: ["1000"] })).toBe("/a/?amount__gte=1000");
    expect(withFilter("/a/", { key: "stage", op: "in", values: ["a", "b"] })).toBe("/a/?stage__in=a%2Cb");
  });
  it("replaces what the filter was before and removes it when empty", () => {
    expect(withFilter("/a/?amount__gte=5&x=1", { key: "amount", op: "lt", values: ["9"], old: "amount__gte" })).toBe("/a/?x=1&amount__lt=9");
    expect(withFilter("/a/?stage=won", { key: "stage", op: "eq", values: [""], old: "stage" })).toBe("/a/");
  });
  it("needs no value for bare comparisons", () => {
    expect(withFilter("/a/", { key: "closed_on", op: "isnull", values: [], bare: ["isnull"] })).toBe("/a/?closed_on__isnull=true");
  });
  it("prints columns with width and order", () => {
    expect(columnsParameter([{ key: "name", shown: true }, { key: "class", width: 52.4, shown: true }, { key: "city", shown: false }])).toBe("name,class:52,-city");
  });
});
