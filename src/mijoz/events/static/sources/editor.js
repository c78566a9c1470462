// Shows the line of a message on which the fault is.
const editor = document.getElementById("editor");

const show = (line) => {
  const lines = editor.value.split("\n");
  const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  editor.focus({ preventScroll: true });
  editor.setSelectionRange(from, from + (lines[line - 1] ?? "").length);
  editor.scrollTop = ((line - 4) * editor.scrollHeight) / lines.length;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-line]");
  if (button) show(Number(button.dataset.showLine));
});
if (Number(editor.dataset.line) && !editor.readOnly) show(Number(editor.dataset.line));
