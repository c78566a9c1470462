// Short messages: those in the page, those of htmx answers (HX-Trigger: {"toast": {text, tone}}), and failed requests.
import { word } from "./words.js";

const SECONDS_SHOWN = 6;
const place = document.getElementById("toasts");

const start = (toast) => {
  toast.querySelector("button").addEventListener("click", () => toast.remove());
  if (toast.dataset.toast === "error") return; // stays until it is read
  let timer;
  const leave = () => (timer = setTimeout(() => toast.remove(), SECONDS_SHOWN * 1000));
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", leave);
  leave();
};

export const toast = (text, tone = "success") => {
  const shown = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  shown.dataset.toast = tone;
  shown.classList.add(`mj-tone-${tone}`);
  shown.querySelector("p").textContent = text;
  place.append(shown);
  start(shown);
};

place?.querySelectorAll("[data-toast]").forEach(start);

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));
document.addEventListener("htmx:sendError", () => toast(word("offline"), "error"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) return; // htmx follows the HX-Redirect to the sign-in page
  toast(word(status === 403 ? "refused" : "failed"), "error");
});
