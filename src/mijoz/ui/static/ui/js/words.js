// The few words that scripts show; the template ui/partials/messages.html has them in the page's language.
const words = document.getElementById("words")?.dataset ?? {};

export const word = (name) => words[name] ?? name;
