// Fields that belong to one way of checking calls are there when that way is chosen.
const form = document.querySelector("[data-check-form]");

if (form) {
  const show = () => {
    for (const part of form.querySelectorAll("[data-for-way]"))
      part.hidden = !part.dataset.forWay.split(" ").includes(form.elements.way.value);
  };
  form.addEventListener("change", show);
  show();
}
