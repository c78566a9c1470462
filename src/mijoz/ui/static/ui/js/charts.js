// Draws every <figure data-chart> with ECharts, which is loaded only on a page that has one.
// The figure's description is JSON in the page or behind data-chart-url; docs/ui.md tells its fields.
import { optionFor } from "./chart-options.js";
import { tableFor } from "./chart-tables.js";
import { palette } from "./palette.js";
import { word } from "./words.js";

const drawn = new Map(); // figure element -> {chart, figure}
let library;

const load = () => (library ??= import("../../vendor/echarts.esm.min.js"));

const describe = async (element) => {
  if (!element.dataset.chartUrl) return JSON.parse(element.querySelector("script[type='application/json']").textContent);
  const answer = await fetch(element.dataset.chartUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} from ${element.dataset.chartUrl}`);
  return answer.json();
};

const isEmpty = ({ kind, rows = [], links = [], series = [] }) =>
  kind === "interval" ? !rows.length : kind === "sankey" ? !links.length : !series.some(({ values }) => values.length);

const say = (element, text) => {
  const canvas = element.querySelector(".mj-chart-canvas");
  canvas.classList.add("mj-chart-says");
  canvas.textContent = text;
};

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) drawn.get(target.closest("[data-chart]"))?.chart.resize();
});

const draw = async (element) => {
  drawn.set(element, null); // taken, while it loads
  try {
    const [{ init }, figure] = await Promise.all([load(), describe(element)]);
    if (isEmpty(figure)) return say(element, word("noFigures"));
    const canvas = element.querySelector(".mj-chart-canvas");
    const chart = init(canvas, null, { renderer: "svg" });
    chart.setOption(optionFor(figure, palette(), canvas.clientWidth));
    element.querySelector(".mj-chart-table").append(tableFor(figure, element.getAttribute("aria-label")));
    drawn.set(element, { chart, figure });
    sizes.observe(canvas);
    element.dataset.drawn = "";
  } catch (error) {
    say(element, word("notLoaded"));
    throw error;
  }
};

const redraw = () => {
  for (const { chart, figure } of [...drawn.values()].filter(Boolean)) {
    chart.setOption(optionFor(figure, palette(), chart.getWidth()), { notMerge: true });
  }
};

const drawNew = () => {
  for (const [element, shown] of drawn) {
    if (element.isConnected) continue;
    shown?.chart.dispose();
    drawn.delete(element);
  }
  for (const element of document.querySelectorAll("[data-chart]")) if (!drawn.has(element)) draw(element);
};

const switchView = (button) => {
  const element = button.closest("[data-chart]");
  const asTable = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(asTable));
  button.lastChild.textContent = word(asTable ? "asChart" : "asTable");
  element.querySelector(".mj-chart-canvas").hidden = asTable;
  element.querySelector(".mj-chart-table").hidden = !asTable;
};

export const watchCharts = () => {
  drawNew();
  document.addEventListener("htmx:afterSettle", drawNew);
  document.addEventListener("mijoz:theme", redraw);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".mj-chart-switch");
    if (button) switchView(button);
  });
};
