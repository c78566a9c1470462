import "./confirm.js";
import "./copy.js";
import "./dialogs.js";
import "./lists.js";
import "./live.js";
import "./search.js";
import "./toasts.js";
import { watchCharts } from "./charts.js";

watchCharts();

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) history.back();
});

// Where the navigation is longer than the window, the page that is open stands in sight.
document.querySelector(".mj-nav [aria-current]")?.scrollIntoView({ block: "nearest" });
