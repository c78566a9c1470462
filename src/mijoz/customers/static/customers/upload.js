// The drop zone of an upload: says which file was chosen, refuses one that is too large, shows how far it is sent.
const part = (form, name) => form.querySelector(`[data-upload-${name}]`);

const size = (bytes) => {
  const megabytes = bytes / 1024 ** 2;
  const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: megabytes < 10 ? 1 : 0 });
  return megabytes < 0.1 ? `${new Intl.NumberFormat(document.documentElement.lang).format(Math.ceil(bytes / 1024))} KB` : `${format.format(megabytes)} MB`;
};

const complain = (form, text) => {
  const place = part(form, "error");
  place.querySelector("div").textContent = text;
  place.hidden = !text;
  form.querySelector("button[type=submit]").disabled = Boolean(text);
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || event.target.type !== "file") return;
  const [file] = event.target.files;
  part(form, "name").textContent = file ? `${file.name} · ${size(file.size)}` : "";
  form.querySelector(".mj-drop").classList.toggle("has-file", Boolean(file));
  complain(form, file && file.size > Number(form.dataset.limit) ? form.dataset.tooLarge : "");
});

for (const [name, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    event.target.closest?.(".mj-drop")?.classList.toggle("is-over", isOver);
  });
}

const show = (form, share) => {
  const progress = part(form, "progress");
  const percent = Math.round(share * 100);
  progress.hidden = false;
  part(form, "figure").textContent = `${percent} %`;
  progress.querySelector("[role=progressbar]").setAttribute("aria-valuenow", percent);
  progress.querySelector("[role=progressbar] > div").style.width = `${percent}%`;
};

document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (form && event.detail.lengthComputable && event.detail.total > 1024 ** 2) show(form, event.detail.loaded / event.detail.total);
});

for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form) return;
    part(form, "progress").hidden = true;
    complain(form, form.dataset.notSent);
    form.querySelector("button[type=submit]").disabled = false;
  });
}
