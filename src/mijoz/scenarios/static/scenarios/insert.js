// <button data-insert="greeting"> puts {{ greeting }} where somebody last wrote in the same step.
const lastWritten = new WeakMap();

document.addEventListener("focusin", ({ target }) => {
  const step = target.closest(".sc-step");
  if (step && target.matches("textarea, input[type=text]")) lastWritten.set(step, target);
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-insert]");
  if (!button) return;
  const step = button.closest(".sc-step");
  const remembered = lastWritten.get(step);
  const field = remembered?.isConnected ? remembered : step.querySelector(".tab-pane.active textarea");
  field.setRangeText(`{{ ${button.dataset.insert} }}`, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
