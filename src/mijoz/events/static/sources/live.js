// “Pause” keeps the list still while somebody reads it; what came meanwhile is there when it goes on.
const button = document.querySelector("[data-pause]");
let paused = false;
let missed = false;

document.addEventListener("htmx:sseBeforeMessage", (event) => {
  if (!paused || !event.target.matches("[data-live]")) return;
  missed = true;
  event.preventDefault();
});

button.addEventListener("click", () => {
  paused = !paused;
  button.setAttribute("aria-pressed", paused);
  for (const part of button.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "paused") !== paused;
  if (!paused && missed) {
    missed = false;
    htmx.ajax("GET", location.href, { target: "#list", select: "#list", swap: "outerHTML" });
  }
});
