// The search in the top bar: "/" goes to it, arrows walk through its suggestions, Escape leaves.
const form = document.querySelector("[data-search]");
const field = form?.querySelector("[data-search-field]");
const suggestions = form?.querySelector("[data-suggestions]");

const isTyping = (element) => element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const target = field ?? document.querySelector("[data-filters] input[type=search]");
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.select();
});

form?.addEventListener("keydown", (event) => {
  const links = [...suggestions.querySelectorAll("a")];
  if (event.key === "Escape") {
    suggestions.replaceChildren();
    field.focus();
  } else if (links.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const stops = [field, ...links];
    const step = event.key === "ArrowDown" ? 1 : stops.length - 1;
    stops[(stops.indexOf(document.activeElement) + step) % stops.length].focus();
  }
});

field?.addEventListener("input", () => field.value.trim() || suggestions.replaceChildren());
field?.addEventListener("htmx:beforeRequest", (event) => field.value.trim() || event.preventDefault());
document.addEventListener("click", (event) => form?.contains(event.target) || suggestions?.replaceChildren());
