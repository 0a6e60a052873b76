// Runs before the first paint, as a classic script: turns the choice "system" into light or dark.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = root.dataset["themeChoice"] ?? "system";
    root.dataset["bsTheme"] = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("wf:theme", apply);
})();
