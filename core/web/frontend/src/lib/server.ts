/** Requests of islands: token, answers' headers, and one place that says when the server could not be reached. */
import { all, make, one, word } from "./dom";

export interface Answer {
  ok: boolean;
  status: number;
  text: string;
}

export function token(): string {
  return one<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Errors are not toasts: this line stands under the top bar, in an open dialog at its head, until the next request works. */
export function alarm(text: string): void {
  const body = one("dialog[open] .wf-dlg-body");
  if (text && body && !one(".wf-alert", body)) body.prepend(make("div", { class: "wf-alert", role: "alert" }));
  for (const line of all("#wf-alert, dialog[open] .wf-alert")) line.textContent = text;
}

/** Says what an answer's HX-Trigger header says, for htmx and islands alike. */
export function announce(header: string | null): void {
  if (!header) return;
  let events: Record<string, unknown>;
  try {
    events = JSON.parse(header) as Record<string, unknown>;
  } catch {
    events = Object.fromEntries(header.split(",").map((name) => [name.trim(), true]));
  }
  for (const [name, detail] of Object.entries(events)) document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

export async function send(url: string, method: "GET" | "POST" = "GET", body?: FormData | URLSearchParams): Promise<Answer> {
  const headers: Record<string, string> = { "X-Requested-With": "fetch", "HX-Request": "true" };
  if (method !== "GET") headers["X-CSRFToken"] = token();
  let response: Response;
  try {
    response = await fetch(url, { method, headers, credentials: "same-origin", ...(body ? { body } : {}) });
  } catch {
    alarm(word("offline"));
    return { ok: false, status: 0, text: "" };
  }
  const text = response.status === 204 ? "" : await response.text();
  announce(response.headers.get("HX-Trigger"));
  const moved = response.headers.get("HX-Redirect");
  if (moved) location.assign(moved);
  else if (response.headers.get("HX-Refresh") === "true") location.reload();
  if (response.ok) alarm("");
  else if (![403, 409, 422].includes(response.status)) alarm(word("failed"));
  return { ok: response.ok, status: response.status, text };
}

export function form(values: Record<string, string>): URLSearchParams {
  return new URLSearchParams(values);
}
