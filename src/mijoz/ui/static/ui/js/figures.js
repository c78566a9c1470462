// Figures in the page's language: the same look as mijoz.ui.formats gives them at the server.
import { word } from "./words.js";

const language = document.documentElement.lang || "en";

// Few browsers know Uzbek numerals; they are written as the Russian ones are.
const numerals = language === "en" ? "en" : "ru";

const MINUS = "\u2212";

const write = (value, options) => {
  const text = new Intl.NumberFormat(numerals, options).format(value).replace("-", MINUS);
  return language === "en" ? text : text.replace(/[\u202f\u2009 ]/g, "\u00a0");
};

const currencyName = (currency) => {
  if (currency === "UZS") return { uz: "soʻm", ru: "сум" }[language] ?? "UZS";
  return { USD: "$", EUR: "€", GBP: "£", RUB: "₽", KZT: "₸" }[currency] ?? currency;
};

const withCurrency = (digits, currency) => {
  if (!currency) return digits;
  const name = currencyName(currency);
  if (language !== "en") return `${digits}\u00a0${name}`;
  const sign = digits.startsWith(MINUS) ? MINUS : "";
  return `${sign}${name}${/^[A-Z]+$/.test(name) ? "\u00a0" : ""}${digits.replace(MINUS, "")}`;
};

const MAGNITUDES = { uz: ["", "ming", "mln", "mlrd", "trln"], ru: ["", "тыс.", "млн", "млрд", "трлн"], en: ["", "K", "M", "B", "T"] };

const short = (value) => {
  let [scaled, place] = [value, 0];
  if (Math.abs(scaled) < 10_000) return write(scaled, { maximumFractionDigits: Math.abs(scaled) >= 100 ? 0 : 2 });
  while (Math.round(Math.abs(scaled)) >= 1000 && place < 4) [scaled, place] = [scaled / 1000, place + 1];
  const digits = write(scaled, { maximumFractionDigits: Math.abs(scaled) >= 100 ? 0 : 1 });
  return `${digits}${language === "en" ? "" : "\u00a0"}${(MAGNITUDES[language] ?? MAGNITUDES.en)[place]}`;
};

// unit: "number" (default), "money", "share" (a fraction shown as percent), "points" (a difference of fractions)
export const figureText = (value, { unit = "number", currency = "" } = {}) => {
  if (value === null || value === undefined || value === "") return "–";
  const figure = Number(value);
  if (unit === "share" || unit === "points") {
    const digits = write(figure * 100, { maximumFractionDigits: 1 });
    if (unit === "points") return `${figure > 0 ? "+" : ""}${digits}\u00a0${word("points")}`;
    return `${digits}${language === "en" ? "" : "\u00a0"}%`;
  }
  if (unit === "money") {
    const places = currency === "UZS" ? 0 : 2;
    return withCurrency(write(figure, { minimumFractionDigits: places, maximumFractionDigits: places }), currency);
  }
  return write(figure, { maximumFractionDigits: 2 });
};

// On an axis the currency would stand on every line; the figure's title says it once.
export const axisText = (value, { unit = "number" } = {}) => (unit === "number" || unit === "money" ? short(value) : figureText(value, { unit }));
