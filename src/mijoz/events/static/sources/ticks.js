// “This page” ticks every row of the list, as it stands after a search.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-tick-all]")) return;
  for (const box of target.form.querySelectorAll("[name=ids]")) box.checked = target.checked;
});
