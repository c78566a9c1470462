// Choosing a mail provider fills in its server; what somebody typed for a server of their own stays.
const provider = document.querySelector("select[name=provider]");
const server = document.querySelector("[data-providers]");
const field = (name) => provider.form.elements[name];

const fill = () => {
  const known = JSON.parse(server.dataset.providers)[provider.value];
  for (const note of document.querySelectorAll("[data-provider-note]")) note.hidden = note.dataset.providerNote !== provider.value;
  for (const [name, value] of Object.entries(known)) field(name).value = value;
  if (!known.host) field("host").focus();
};
provider.addEventListener("change", fill);

// At a well-known provider one signs in with the address of the sender, unless one says otherwise.
field("from_address").addEventListener("change", ({ target }) => {
  if (provider.value !== "own" && !field("user").value) field("user").value = target.value;
});
