// <button data-same-week> puts the first day's times into all other days of the form.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-same-week]");
  if (!button) return;
  const [first, ...others] = button.form.querySelectorAll("[data-day]");
  const times = [...first.querySelectorAll("input")].map((input) => input.value);
  for (const day of others) day.querySelectorAll("input").forEach((input, place) => (input.value = times[place]));
});
