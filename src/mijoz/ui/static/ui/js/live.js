// A part of a page that is shown anew because something happened keeps open what its reader had opened.
const opened = new WeakMap();

const foldsOf = (part) => [...part.querySelectorAll("details")];

document.addEventListener("htmx:sseBeforeMessage", ({ target }) => {
  opened.set(target, foldsOf(target).map((fold) => fold.open));
});

document.addEventListener("htmx:sseMessage", ({ target }) => {
  const before = opened.get(target) ?? [];
  const folds = foldsOf(target);
  if (folds.length === before.length) folds.forEach((fold, place) => { fold.open = before[place]; });
});
