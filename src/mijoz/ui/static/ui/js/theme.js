// Loaded in the head and run before the page is drawn, so that no wrong colours flash.
// The choice (light or dark) is kept in localStorage; without one the system's is followed.
(() => {
  const KEY = "mijoz-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  let choice = "system";

  const recall = () => {
    try {
      choice = localStorage.getItem(KEY) ?? "system";
    } catch {
      // storage is closed to us (private window, blocked cookies): the choice lasts as long as the page
    }
  };

  const keep = () => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // as above
    }
  };

  const show = () => {
    const theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
    document.documentElement.dataset.bsTheme = theme;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
    document.dispatchEvent(new CustomEvent("mijoz:theme", { detail: theme }));
  };

  recall();
  show();
  system.addEventListener("change", show);
  window.addEventListener("storage", (event) => event.key === KEY && (recall(), show()));
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    choice = button.dataset.themeChoice;
    keep();
    show();
  });
})();
