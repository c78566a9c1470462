// <input data-shows-password> in a form with data-show-word and data-hide-word: a button shows what was typed.
for (const field of document.querySelectorAll("[data-shows-password]")) {
  const { showWord, hideWord } = field.form.dataset;
  const group = Object.assign(document.createElement("div"), { className: "mj-password" });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: showWord });
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", field.id);
  field.replaceWith(group);
  group.append(field, button);
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.textContent = hidden ? hideWord : showWord;
    button.setAttribute("aria-pressed", String(hidden));
  });
}
