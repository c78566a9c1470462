// Asks before what cannot be taken back. On a form, or on an htmx element:
//   data-confirm="Question?" [data-confirm-text="What will happen."] [data-confirm-yes="Delete"] [data-confirm-tone="danger"]
import { word } from "./words.js";

const dialog = document.getElementById("confirm");

const ask = ({ confirm, confirmText = "", confirmYes, confirmTone }) =>
  new Promise((answer) => {
    dialog.querySelector("h2").textContent = confirm;
    dialog.querySelector("p").textContent = confirmText;
    const yes = dialog.querySelector("[value=yes]");
    yes.textContent = confirmYes ?? word("yes");
    yes.className = confirmTone === "danger" ? "btn btn-danger" : "btn btn-primary";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });

const confirmed = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || isHtmx(form)) return;
  if (confirmed.delete(form)) return;
  event.preventDefault();
  const { submitter } = event;
  if (await ask(form.dataset)) {
    confirmed.add(form);
    form.requestSubmit(submitter);
  }
});

const isHtmx = (element) => ["get", "post", "put", "patch", "delete"].some((verb) => element.hasAttribute(`hx-${verb}`));

document.addEventListener("htmx:confirm", async (event) => {
  const { elt, issueRequest } = event.detail;
  if (!elt.dataset.confirm) return;
  event.preventDefault();
  if (await ask(elt.dataset)) issueRequest(true);
});
