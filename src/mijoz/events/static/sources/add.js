// Fields that belong to one kind of source are there when that kind is chosen.
const form = document.querySelector("[data-add-source]");

const show = () => {
  const chosen = form.querySelector("[name=kind]:checked")?.value;
  for (const part of form.querySelectorAll("[data-for-kind]")) part.hidden = part.dataset.forKind !== chosen;
};
form.addEventListener("change", show);
show();
