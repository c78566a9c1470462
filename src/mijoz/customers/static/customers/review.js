// Deciding pairs by one key press: the next pair is fetched while one looks at this one, and shown at once.
const card = () => document.getElementById("review");
const KEYS = { m: "m", n: "n", s: "s", u: "u", arrowright: "s" };
let ahead = null; // {of, html}: the card that comes after the one shown
let isBusy = false;
let waiting = ""; // an answer that was given while the one before was on its way

const lookAhead = async () => {
  const shown = card();
  const address = shown?.dataset.ahead;
  ahead = null;
  if (!address) return;
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && card() === shown) ahead = { of: shown, html: await answer.text() };
};

const show = (html) => {
  const made = new DOMParser().parseFromString(html, "text/html").getElementById("review");
  card().replaceWith(document.adoptNode(made));
  window.htmx.process(card());
};

const settled = () => {
  isBusy = false;
  card()?.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
  const form = waiting && [...card().querySelectorAll("form[data-answer]")].find((one) => one.action === waiting);
  waiting = "";
  if (form) answer(form);
  else lookAhead();
};

const answer = async (form) => {
  if (isBusy) {
    waiting = form.action;
    return;
  }
  isBusy = true;
  const isUndo = form.dataset.answer === "u";
  const next = !isUndo && ahead?.of === card() ? ahead.html : null;
  if (next) show(next); // what the server answers is shown when it is there: the same pair, or why it is another
  await window.htmx.ajax("POST", form.action, { target: "#review", swap: "outerHTML" }).catch(() => null);
  settled();
};

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-answer]");
  if (!form) return;
  event.preventDefault();
  answer(form);
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
  const key = KEYS[event.key.toLowerCase()];
  const form = key && document.querySelector(`form[data-answer="${key}"]`);
  if (!form) return;
  event.preventDefault();
  answer(form);
});

lookAhead();
