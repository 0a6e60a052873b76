/** Filters live in the address. Pure functions on addresses like "/employee/crm/accounts/?stage=won&sort=-title". */

function parse(address: string): URL {
  return new URL(address, "http://here.invalid");
}

function print(url: URL): string {
  return url.pathname + (url.search || "");
}

/** Sets, replaces or (with null) removes one parameter; the cursor never survives a change. */
export function withParameter(address: string, key: string, value: string | string[] | null): string {
  const url = parse(address);
  url.searchParams.delete(key);
  url.searchParams.delete("cursor");
  for (const v of value === null ? [] : [value].flat()) if (v !== "") url.searchParams.append(key, v);
  return print(url);
}

export interface FilterChange {
  /** field, e.g. "amount" */
  key: string;
  /** comparison, "eq" stands alone */
  op: string;
  values: string[];
  /** parameter this filter had before */
  old?: string | null;
  /** comparisons without a value: "isnull" becomes amount__isnull=true */
  bare?: string[];
}

/** The address with one filter added or changed; no values means: remove it. */
export function withFilter(address: string, change: FilterChange): string {
  let next = change.old ? withParameter(address, change.old, null) : address;
  const name = change.op === "eq" || change.op === "" ? change.key : `${change.key}__${change.op}`;
  if (change.op === "filled") return withParameter(next, `${change.key}__isnull`, "false");
  if (change.bare?.includes(change.op)) return withParameter(next, name, "true");
  const values = change.values.filter((v) => v !== "");
  if (change.op === "in" || change.op === "not_in") return withParameter(next, name, values.length ? values.join(",") : null);
  next = withParameter(next, name, values.length ? values : null);
  return next;
}

/** The columns of a list as one parameter: shown ones in order with their widths, hidden ones with a minus. */
export function columnsParameter(columns: { key: string; width?: number | null; shown: boolean }[]): string {
  return columns.map((c) => (c.shown ? c.key + (c.width ? `:${Math.round(c.width)}` : "") : `-${c.key}`)).join(",");
}
