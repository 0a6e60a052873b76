/** A refusal of the server in its own words: a whole dialog, or the form again. */
import { htmx } from "../htmx";
import { one } from "./dom";
import type { Answer } from "./server";

/** Opens the dialog with what a refused request was answered; says whether there was something to show. */
export function refused(answer: Answer): boolean {
  const dialog = one("#wf-dialog");
  if (answer.ok || !dialog || !answer.text || ![403, 409, 413, 422].includes(answer.status)) return false;
  dialog.innerHTML = answer.text;
  htmx.process(dialog);
  return true;
}
