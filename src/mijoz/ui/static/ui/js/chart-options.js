// From a figure's description (docs/ui.md) to an ECharts option; pure, so it is drawn anew when the theme changes.
import { axisText, figureText } from "./figures.js";

const number = (value) => (value === null || value === undefined || value === "" ? null : Number(value));

const colourOf = (item, place, colours) => (item.colour ? colours.named(item.colour) : colours.series[place % colours.series.length]);

const base = (colours) => ({
  animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 350,
  textStyle: { fontFamily: colours.font, color: colours.muted, fontSize: 12 },
  tooltip: {
    backgroundColor: colours.surface,
    borderColor: colours.line,
    borderRadius: 8,
    padding: [8, 12],
    textStyle: { color: colours.ink, fontSize: 13 },
    confine: true,
  },
});

const legend = (colours, shown) => ({
  show: shown,
  top: 0,
  left: 0,
  itemWidth: 10,
  itemHeight: 10,
  itemGap: 16,
  icon: "roundRect",
  textStyle: { color: colours.muted, fontSize: 12 },
});

// How many lines the legend takes, so that the chart begins below it: a letter is about 7 pixels wide.
const legendLines = (names, width) => {
  let [lines, taken] = [1, 0];
  for (const name of names) {
    const needed = name.length * 7 + 31;
    if (taken && taken + needed > width) [lines, taken] = [lines + 1, 0];
    taken += needed;
  }
  return lines;
};

const categoryAxis = (colours, categories) => ({
  type: "category",
  data: categories,
  axisLine: { lineStyle: { color: colours.line } },
  axisTick: { show: false },
  axisLabel: { color: colours.muted, hideOverlap: true },
});

const valueAxis = (colours, figure) => ({
  type: "value",
  axisLabel: { color: colours.muted, formatter: (value) => axisText(value, figure), hideOverlap: true },
  splitLine: { lineStyle: { color: colours.line } },
  splitNumber: 4,
});

const cartesian = (figure, colours, drawSeries, width) => {
  const lying = figure.horizontal;
  const [first, second] = [categoryAxis(colours, figure.categories), valueAxis(colours, figure)];
  if (lying) {
    first.inverse = true;
    first.axisLine.show = false;
    first.axisLabel = { ...first.axisLabel, width: Math.min(180, width * 0.35), overflow: "truncate" };
  }
  const top = figure.series.length > 1 ? 10 + 30 * legendLines(figure.series.map(({ name }) => name), width) : 12;
  return {
    ...base(colours),
    legend: legend(colours, figure.series.length > 1),
    grid: { left: 4, right: 16, top, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { ...base(colours).tooltip, trigger: "axis", axisPointer: { type: figure.kind === "bar" ? "shadow" : "line", lineStyle: { color: colours.line }, shadowStyle: { opacity: 0.4, color: colours.line } }, valueFormatter: (value) => figureText(value, figure) },
    xAxis: lying ? second : first,
    yAxis: lying ? first : second,
    series: figure.series.map((series, place) => ({ name: series.name, ...drawSeries(series, place) })),
  };
};

const bar = (figure, colours, width) =>
  cartesian(figure, colours, (series, place) => {
    const stacked = Boolean(figure.stacked);
    const round = figure.horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0];
    return {
      type: "bar",
      stack: stacked ? "all" : undefined,
      barMaxWidth: 28,
      data: series.values.map((value, row) => ({
        value: number(value),
        itemStyle: { color: figure.colours?.[row] ? colours.named(figure.colours[row]) : colourOf(series, place, colours) },
      })),
      itemStyle: { color: colourOf(series, place, colours), borderRadius: stacked ? 0 : round },
    };
  }, width);

const line = (figure, colours, width) => {
  const option = cartesian(figure, colours, (series, place) => {
    const colour = colourOf(series, place, colours);
    const alone = figure.series.length === 1;
    return {
      type: "line",
      smooth: 0.2,
      smoothMonotone: "x", // the curve never rises above what was measured
      symbol: "circle",
      symbolSize: 6,
      showSymbol: series.values.length < 2,
      lineStyle: { width: 2, type: series.dashed ? "dashed" : "solid" },
      color: colour,
      areaStyle: alone ? { opacity: 0.1, color: colour } : undefined,
      data: series.values.map(number),
    };
  }, width);
  option.xAxis.boundaryGap = false;
  option.grid.right = 24;
  return option;
};

const donut = (figure, colours, width) => {
  const narrow = width < 420;
  return {
    ...base(colours),
    tooltip: { ...base(colours).tooltip, trigger: "item", valueFormatter: (value) => figureText(value, figure) },
    legend: { ...legend(colours, true), orient: narrow ? "horizontal" : "vertical", top: narrow ? "bottom" : "middle", left: narrow ? "center" : "58%" },
    series: [
      {
        type: "pie",
        radius: ["58%", "82%"],
        center: narrow ? ["50%", "40%"] : ["29%", "50%"],
        label: { show: false },
        itemStyle: { borderColor: colours.surface, borderWidth: 2, borderRadius: 4 },
        data: figure.categories.map((name, place) => ({
          name,
          value: number(figure.series[0].values[place]),
          itemStyle: { color: figure.colours?.[place] ? colours.named(figure.colours[place]) : colours.series[place % colours.series.length] },
        })),
      },
    ],
  };
};

// Each row is an estimate with its interval; the dashed line is where there is no difference.
const interval = (figure, colours, width) => {
  const names = figure.rows.map(({ name }) => name);
  const colour = (row) => {
    if (row.colour) return colours.named(row.colour);
    if (figure.reference === undefined) return colours.brand;
    if (Number(row.low) > figure.reference) return colours.good;
    return Number(row.high) < figure.reference ? colours.bad : colours.muted;
  };
  const bounds = figure.rows.flatMap(({ low, high }) => [Number(low), Number(high)]);
  if (figure.reference !== undefined) bounds.push(figure.reference);
  const [least, most] = [Math.min(...bounds), Math.max(...bounds)];
  const spare = (most - least || 1) * 0.08;
  return {
    ...base(colours),
    grid: { left: 4, right: 16, top: 8, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      ...base(colours).tooltip,
      trigger: "item",
      formatter: ({ dataIndex }) => {
        const row = figure.rows[dataIndex];
        const text = document.createElement("div");
        text.append(Object.assign(document.createElement("strong"), { textContent: row.name }), document.createElement("br"));
        text.append(`${figureText(row.value, figure)}  (${figureText(row.low, figure)} – ${figureText(row.high, figure)})`);
        return text;
      },
    },
    xAxis: { ...valueAxis(colours, figure), min: least - spare, max: most + spare, axisLabel: { ...valueAxis(colours, figure).axisLabel, showMinLabel: false, showMaxLabel: false } },
    yAxis: { ...categoryAxis(colours, names), inverse: true, axisLine: { show: false }, axisLabel: { color: colours.ink, fontSize: 13, width: Math.min(260, width * 0.42), overflow: "truncate" } },
    series: [
      {
        type: "custom",
        encode: { x: [0, 1, 2], y: 3 },
        data: figure.rows.map((row, place) => [number(row.low), number(row.value), number(row.high), place]),
        markLine: figure.reference === undefined ? undefined : {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: colours.muted, type: "dashed" },
          data: [{ xAxis: figure.reference }],
        },
        renderItem: (_, api) => {
          const row = figure.rows[api.value(3)];
          const [[left, y], [middle], [right]] = [0, 1, 2].map((place) => api.coord([api.value(place), api.value(3)]));
          const stroke = colour(row);
          const stem = (x) => ({ type: "line", shape: { x1: x, y1: y - 5, x2: x, y2: y + 5 }, style: { stroke, lineWidth: 2, lineCap: "round" } });
          return {
            type: "group",
            children: [
              { type: "line", shape: { x1: left, y1: y, x2: right, y2: y }, style: { stroke, lineWidth: 2, opacity: 0.55 } },
              stem(left),
              stem(right),
              { type: "circle", shape: { cx: middle, cy: y, r: 5.5 }, style: { fill: stroke, stroke: colours.surface, lineWidth: 2 } },
            ],
          };
        },
      },
    ],
  };
};

const sankey = (figure, colours) => ({
  ...base(colours),
  tooltip: { ...base(colours).tooltip, trigger: "item", valueFormatter: (value) => figureText(value, figure) },
  series: [
    {
      type: "sankey",
      left: 4,
      right: 4,
      top: 8,
      bottom: 8,
      nodeWidth: 10,
      nodeGap: 14,
      draggable: false,
      emphasis: { focus: "adjacency" },
      lineStyle: { color: "gradient", opacity: 0.28, curveness: 0.5 },
      data: figure.nodes.map((node, place) => ({
        name: node.key ?? node.name,
        depth: node.column,
        itemStyle: { color: colourOf(node, place, colours), borderWidth: 0 },
        label: { position: node.side ?? "right", formatter: node.name, color: colours.ink },
      })),
      links: figure.links.map(({ source, target, value }) => ({ source, target, value: number(value) })),
    },
  ],
});

const KINDS = { bar, line, donut, interval, sankey };

export const optionFor = (figure, colours, width) => {
  const draw = KINDS[figure.kind];
  if (!draw) throw new Error(`no chart of kind ${figure.kind}`);
  return draw(figure, colours, width);
};
