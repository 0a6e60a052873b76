/** Forms that are sent while a file is still on its way into them wait for it, and go by themselves once it is there. */
import { all, options } from "./dom";

const underway = new WeakMap<HTMLFormElement, number>();
/** Forms that were sent too early, with the button that was pressed. */
const held = new WeakMap<HTMLFormElement, HTMLElement | null>();

/** Files chosen before the code of their field had come. */
function unread(form: HTMLFormElement): boolean {
  return all("[data-island=upload]", form).some(
    (field) => options<{ url: string | null }>(field).url !== null && all<HTMLInputElement>("input[type=file]", field).some((input) => input.files?.length),
  );
}

/** Counts a file on its way into a form; the answer is to be called once, with true if it arrived. */
export function awaited(form: HTMLFormElement | null): (arrived: boolean) => void {
  if (!form) return () => undefined;
  underway.set(form, (underway.get(form) ?? 0) + 1);
  return (arrived) => {
    underway.set(form, (underway.get(form) ?? 1) - 1);
    if (!arrived) return release(form); // the person reads why, and decides
    if (!held.has(form) || underway.get(form)) return;
    const button = held.get(form);
    release(form);
    form.requestSubmit(button?.isConnected ? button : null);
  };
}

function release(form: HTMLFormElement): void {
  held.get(form)?.removeAttribute("aria-busy");
  held.delete(form);
}

export function startWaiting(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!underway.get(form) && !unread(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = (event as SubmitEvent).submitter;
    button?.setAttribute("aria-busy", "true");
    held.set(form, button);
  }, { capture: true });
}
