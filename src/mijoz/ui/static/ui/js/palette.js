// The colours of tokens.css as the browser computes them in the theme of the moment.
const NAMES = {
  ink: "--mj-ink",
  muted: "--mj-muted",
  line: "--mj-line",
  surface: "--mj-raised",
  brand: "--mj-brand",
  accent: "--mj-accent",
  good: "--mj-good",
  bad: "--mj-bad",
};
const SERIES = 8;

export const palette = () => {
  const probe = document.createElement("span");
  document.body.append(probe);
  const computed = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, computed(name)]));
  colours.series = Array.from({ length: SERIES }, (_, place) => computed(`--mj-series-${place + 1}`));
  const named = new Map();
  colours.named = (name) => {
    if (!named.has(name)) {
      document.body.append(probe);
      named.set(name, computed(NAMES[name] ?? `--mj-colour-${name}`));
      probe.remove();
    }
    return named.get(name);
  };
  colours.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return colours;
};
