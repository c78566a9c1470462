// Coding by keyboard: a digit chooses a theme or lets it go, + − = say how it is spoken of, Enter goes on. A tone that
// is clicked chooses its theme; a theme without a tone is shown before the form leaves.
const form = document.querySelector("[data-coding]");
const boxes = [...form.querySelectorAll("input[name=theme]")];
const TONES = { "+": "good", "-": "bad", "−": "bad", "=": "mixed" };
let last = boxes.find((box) => box.checked) ?? null;

function tonesOf(box) {
  return [...form.querySelectorAll(`input[name="tone_${box.value}"]`)];
}

function mark(box) {
  last = box.checked ? box : last;
  if (!box.checked) for (const tone of tonesOf(box)) tone.checked = false;
}

for (const box of boxes) {
  box.addEventListener("change", () => mark(box));
  for (const tone of tonesOf(box)) {
    tone.addEventListener("change", () => {
      box.checked = true;
      mark(box);
    });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input[type=search], textarea, dialog")) return;
  const box = boxes.find((one) => one.dataset.number === event.key);
  if (box) {
    box.checked = !box.checked;
    mark(box);
    box.focus();
  } else if (TONES[event.key] && last?.checked) {
    tonesOf(last).find((tone) => tone.value === TONES[event.key]).checked = true;
  } else if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
    form.requestSubmit();
  } else return;
  event.preventDefault();
});

form.addEventListener("submit", (event) => {
  const open = boxes.find((box) => box.checked && !tonesOf(box).some((tone) => tone.checked));
  if (!open) return;
  event.preventDefault();
  last = open;
  open.closest("li").classList.add("li-needs-tone");
  tonesOf(open)[0].focus();
});
