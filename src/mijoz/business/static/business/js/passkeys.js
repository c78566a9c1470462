// Around allauth's own scripts: shows what needs passkeys only where they work, and says when one was not used.
const possible = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|^\[/.test(location.hostname);

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (possible) form.hidden = false;
  const warning = form.querySelector("[data-passkey-impossible]");
  if (!warning || possible) continue;
  warning.hidden = false;
  form.querySelector(".btn-primary").disabled = true;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const place of document.querySelectorAll("[data-passkey-says]")) {
    place.textContent = place.dataset.passkeySays;
    place.hidden = false;
  }
});
