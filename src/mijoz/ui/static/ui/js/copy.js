// <button data-copy="text"> puts the text on the clipboard and says so.
import { toast } from "./toasts.js";
import { word } from "./words.js";

const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { value: text }); // plain http has no clipboard object
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await copy(button.dataset.copy);
    toast(word("copied"));
  } catch {
    toast(word("notCopied"), "warning");
  }
});
