// Draws what is marked data-chart (bar or line) from the table inside it: the first column names the categories, the
// others are series with the exact figure in data-value. The library is loaded when the first chart is there.
const PALETTE = ["primary", "orange", "teal", "purple", "yellow", "red", "cyan", "lime"];

let loading = null;

function library(url) {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = url;
    script.defer = true;
    script.addEventListener("load", () => done(window.echarts));
    script.addEventListener("error", () => {
      loading = null;
      failed(new Error(url));
    });
    document.head.append(script);
  });
  return loading;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--tblr-${name}`).trim();

const short = (value) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    notation: "compact",
    maximumFractionDigits: 1,
  }).format(value);

function read(figure) {
  const heads = [...figure.querySelectorAll("thead th")].slice(1);
  const rows = [...figure.querySelectorAll("tbody tr")];
  return {
    categories: rows.map((row) => row.cells[0].textContent),
    urls: rows.map((row) => row.cells[0].querySelector("a")?.href),
    series: heads.map((head, at) => ({
      name: head.textContent,
      tone: head.dataset.tone || PALETTE[at % PALETTE.length],
      cells: rows.map((row) => row.cells[at + 1]),
    })),
  };
}

function option(figure, { categories, series }) {
  const { chart: type, unit } = figure.dataset;
  const text = {
    color: colour("secondary") || "#667382",
    fontFamily: getComputedStyle(document.body).fontFamily,
  };
  const shown = (cell) => (cell?.textContent ? `${cell.textContent} ${unit}` : "—");
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    textStyle: text,
    color: series.map((one) => colour(one.tone)),
    grid: { left: 8, right: 16, top: series.length > 1 ? 56 : 32, bottom: 8 },
    legend:
      series.length > 1
        ? { top: 0, type: "scroll", icon: "roundRect", itemWidth: 14, textStyle: text }
        : undefined,
    tooltip: {
      trigger: "axis",
      renderMode: "richText", // the page's policy lets no styles of a tip's HTML in
      confine: true,
      axisPointer: { type: type === "bar" ? "shadow" : "line" },
      formatter: (points) =>
        [
          points[0].name,
          ...points.map(
            (point) => `${point.seriesName}  ${shown(series[point.seriesIndex].cells[point.dataIndex])}`,
          ),
        ].join("\n"),
    },
    xAxis: {
      type: "category",
      data: categories,
      axisLabel: { ...text, hideOverlap: true },
      axisTick: { alignWithLabel: true },
    },
    yAxis: {
      type: "value",
      name: unit,
      nameTextStyle: { ...text, align: "left" },
      axisLabel: { ...text, formatter: short },
      minInterval: unit === "%" || unit === "元" ? 0 : 1,
    },
    series: series.map((one) => ({
      type,
      name: one.name,
      data: one.cells.map((cell) => (cell?.dataset.value ? Number(cell.dataset.value) : null)),
      stack: "stacked" in figure.dataset ? "all" : undefined,
      barMaxWidth: 32,
      symbolSize: 7,
    })),
  };
}

async function draw(figure) {
  const box = figure.querySelector(".chart-box");
  const found = read(figure);
  if (!found.categories.length) return;
  const echarts = await library(figure.dataset.library);
  box.hidden = false;
  figure.querySelector(".chart-figures").open = false;
  const chart = echarts.init(box, null, { renderer: "svg" });
  chart.setOption(option(figure, found));
  chart.on("click", ({ dataIndex }) => {
    if (found.urls[dataIndex]) location.assign(found.urls[dataIndex]);
  });
  new ResizeObserver(() => {
    if (box.clientWidth) chart.resize();
  }).observe(box);
}

export function startCharts(root) {
  for (const figure of root.querySelectorAll("[data-chart]:not([data-drawn])")) {
    figure.dataset.drawn = "";
    // without the library the figures stand there all the same
    draw(figure).catch(() => {});
  }
}
