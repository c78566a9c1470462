// A click on a part of the call puts its path into the field that was touched last.
const form = document.querySelector("[data-mapping]");

if (form) {
  let current = null;

  const choose = (input) => {
    current?.closest("[data-target]").classList.remove("so-current");
    current = input;
    current?.closest("[data-target]").classList.add("so-current");
  };
  const mark = () => {
    const used = new Set([...form.querySelectorAll("[data-path-input], [name=each]")].map(({ value }) => value));
    for (const part of form.querySelectorAll("[data-path]")) part.classList.toggle("so-used", used.has(part.dataset.path));
  };

  form.addEventListener("focusin", ({ target }) => target.matches("[data-path-input]") && choose(target));
  form.addEventListener("input", mark);
  form.addEventListener("click", ({ target }) => {
    const part = target.closest("[data-path]");
    if (!part) return;
    const field = "list" in part.dataset ? form.elements.each : current ?? form.querySelector("[data-path-input]");
    if (field !== form.elements.each) choose(field);
    field.value = part.dataset.path;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.scrollIntoView({ block: "nearest" });
  });
  mark();
}
