// Rows that open on a click, links that keep the list's query, filter forms that leave no empty fields in the address.
const INTERACTIVE = "a, button, input, select, textarea, label, summary";

const openRow = (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest(INTERACTIVE) || String(getSelection())) return;
  if (event.metaKey || event.ctrlKey || event.button === 1) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
};
document.addEventListener("click", openRow);
document.addEventListener("auxclick", (event) => event.button === 1 && openRow(event));

// The list may have been filtered and sorted since the page was drawn.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-keep-query]");
  if (!link) return;
  const query = new URLSearchParams(location.search);
  query.delete("page");
  link.search = query.toString();
});

document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (!form) return;
  const { formData } = event.detail;
  const sort = new URLSearchParams(location.search).get("sort");
  if (sort) formData.set("sort", sort);
  for (const name of new Set(formData.keys())) {
    const kept = formData.getAll(name).filter((value) => value !== "");
    formData.delete(name);
    for (const value of kept) formData.append(name, value);
  }
  event.detail.path = location.pathname;
});
