/** Sign-in of a demo: a click on a person fills the address; the password is typed once per browser. */
import { all, one, word } from "../lib/dom";

export function start(people: HTMLElement): void {
  const email = one<HTMLInputElement>('input[name="email"]');
  const password = one<HTMLInputElement>('input[type="password"]');
  const submit = one("[data-submit]");
  people.addEventListener("click", (event) => {
    const person = (event.target as Element).closest<HTMLElement>("[data-email]");
    if (!person || !email) return;
    for (const other of all("[data-email]", people)) other.setAttribute("aria-pressed", String(other === person));
    email.value = person.dataset["email"] ?? "";
    if (submit) submit.textContent = word("signInAs", { name: person.dataset["name"] ?? "" });
    password?.focus();
  });
  email?.addEventListener("input", () => {
    for (const other of all("[data-email]", people)) other.setAttribute("aria-pressed", String(other.dataset["email"] === email.value));
    if (submit) submit.textContent = word("signIn");
  });
}
