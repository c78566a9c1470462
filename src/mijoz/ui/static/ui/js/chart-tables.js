// The same figures as a table, for those who read rather than look.
import { figureText } from "./figures.js";
import { word } from "./words.js";

const cell = (tag, text, scope) => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (scope) made.scope = scope;
  return made;
};

const table = (caption, heads, rows) => {
  const made = document.createElement("table");
  made.className = "table";
  const title = made.createCaption();
  title.className = "visually-hidden";
  title.textContent = caption;
  made.createTHead().insertRow().append(...heads.map((head) => cell("th", head, "col")));
  const body = made.createTBody();
  for (const [name, ...values] of rows) {
    body.insertRow().append(cell("th", name, "row"), ...values.map((value) => cell("td", value)));
  }
  return made;
};

export const tableFor = (figure, caption) => {
  const text = (value) => figureText(value, figure);
  if (figure.kind === "interval") {
    const rows = figure.rows.map(({ name, low, value, high }) => [name, text(value), text(low), text(high)]);
    return table(caption, ["", word("value"), word("low"), word("high")], rows);
  }
  if (figure.kind === "sankey") {
    const names = new Map(figure.nodes.map(({ key, name }) => [key ?? name, name]));
    const rows = figure.links.map(({ source, target, value }) => [names.get(source), names.get(target), text(value)]);
    return table(caption, [word("from"), word("to"), word("value")], rows);
  }
  const rows = figure.categories.map((name, place) => [name, ...figure.series.map(({ values }) => text(values[place]))]);
  return table(caption, ["", ...figure.series.map(({ name }) => name ?? word("value"))], rows);
};
