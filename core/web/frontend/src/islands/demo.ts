/** Sign-in of a demo: a click on a person fills the address; the password is typed once per browser. */
import { all, one, word } from "../lib/dom";

function mark(person: HTMLElement, on: boolean): void {
  if (on) person.setAttribute("aria-current", "true");
  else person.removeAttribute("aria-current");
}

export function start(people: HTMLElement): void {
  const email = one<HTMLInputElement>('input[name="email"]');
  const password = one<HTMLInputElement>('input[type="password"]');
  const submit = one("[data-submit]");
  people.addEventListener("click", (event) => {
    const person = (event.target as Element).closest<HTMLElement>("[data-email]");
    if (!person || !email) return;
    event.preventDefault();
    for (const other of all("[data-email]", people)) mark(other, other === person);
    email.value = person.dataset["email"] ?? "";
    if (submit) submit.textContent = word("signInAs", { name: person.dataset["name"] ?? "" });
    password?.focus();
  });
  email?.addEventListener("input", () => {
    for (const other of all("[data-email]", people)) mark(other, other.dataset["email"] === email.value);
    if (submit) submit.textContent = word("signIn");
  });
}
