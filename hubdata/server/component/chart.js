// A figure of Plotly on a page, as an element of Streamlit's: drawn once and then changed in place, and only when it is
// another one. What Plotly is given is the JSON that the tests give to it; every text in it is plain (see charts.literal).
const CONFIG = { displayModeBar: false, showTips: false };
const LEAST_WIDTH = 150;
const NARROW = 480;
const script = document.querySelector('link[rel="preload"][href*="/hub/plotly.js"]').href;
let loading;

// Plotly, which is loaded for the first figure.
const plotly = () =>
  (loading ??= new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    Object.assign(tag, { src: script, onload: () => resolve(window.Plotly), onerror: reject });
    document.head.append(tag);
  }));

class Chart {
  constructor(place) {
    this.place = document.createElement("div");
    this.place.className = "hub-chart";
    this.place.setAttribute("role", "figure");
    place.append(this.place);
    this.width = 0; // not known: a closed tab has none, and nothing is drawn
    this.watch = new ResizeObserver(([seen]) => {
      const width = Math.max(Math.round(seen.contentRect.width), LEAST_WIDTH);
      if (!seen.contentRect.width || width === this.width) return;
      this.width = width;
      this.draw();
    });
    this.watch.observe(this.place);
  }

  // Show what `text` says. `chosen` hears of the mark that somebody clicks, where marks can be chosen.
  show(text, chosen) {
    this.chosen = chosen;
    if (text === this.text) return;
    this.text = text;
    const { alt, selectable, figure } = JSON.parse(text);
    this.figure = figure;
    this.place.setAttribute("aria-label", alt);
    this.place.classList.toggle("hub-selectable", selectable);
    this.place.style.height = `${figure.layout.height}px`;
    this.draw();
  }

  draw() {
    if (!this.width || !this.figure) return;
    if (window.Plotly) this.drawWith(window.Plotly);
    else plotly().then((loaded) => this.drawWith(loaded));
  }

  drawWith(Plotly) {
    if (this.isGone) return;
    const { data, layout } = this.figure;
    const hasRoom = ({ name }) => this.width >= NARROW || name !== "only where wide";
    const shown = { ...layout, width: this.width, annotations: layout.annotations?.filter(hasRoom) };
    Plotly.react(this.place, data, shown, CONFIG);
    if (this.hears) return;
    this.hears = true;
    this.place.on("plotly_click", ({ points: [point] }) => {
      if (this.place.classList.contains("hub-selectable") && point?.customdata) this.chosen(point.customdata);
    });
  }

  remove() {
    this.isGone = true;
    this.watch.disconnect();
    window.Plotly?.purge(this.place);
    this.place.remove();
  }
}

// Paper is narrower than most screens: what Plotly drew is made smaller as a whole.
addEventListener("beforeprint", () => {
  for (const drawn of document.querySelectorAll(".hub-chart .main-svg"))
    drawn.setAttribute("viewBox", `0 0 ${drawn.getAttribute("width")} ${drawn.getAttribute("height")}`);
});
addEventListener("afterprint", () => {
  for (const drawn of document.querySelectorAll(".hub-chart .main-svg")) drawn.removeAttribute("viewBox");
});

const charts = new WeakMap(); // one for each place

export default function ({ data, parentElement, setTriggerValue }) {
  if (!charts.has(parentElement)) charts.set(parentElement, new Chart(parentElement));
  const chart = charts.get(parentElement);
  chart.show(new TextDecoder().decode(data), (mark) => setTriggerValue("chosen", mark));
  return () => {
    chart.remove();
    charts.delete(parentElement);
  };
}
