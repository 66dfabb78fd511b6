// The loss-exceedance curves and the tornado of a system. Their numbers stand in tables beside them too.
import { colour, font, painted, still } from "./colours.js";

const boxes = [...document.querySelectorAll("[data-chart]")];
const makers = { exceedance, tornado };
if (boxes.length && window.echarts) start();

async function start() {
  const answer = await fetch(boxes[0].dataset.source);
  if (!answer.ok) return;
  const data = await answer.json();
  if (!data.curves) return;
  for (const box of boxes) {
    box.hidden = false;
    box.parentElement.querySelector("details")?.removeAttribute("open");
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    painted(() => chart.setOption({ ...common(), ...makers[box.dataset.chart](data, box) }, true));
    new ResizeObserver(() => chart.resize()).observe(box);
  }
}

const money = (data) => {
  const format = new Intl.NumberFormat(data.language, { style: "currency", currency: data.currency, notation: "compact", maximumSignificantDigits: 3 });
  return (value) => format.format(value);
};

// Tooltips are drawn on the canvas: as HTML they would carry style attributes, which the policy refuses.
const common = () => ({
  animation: !still,
  textStyle: { fontFamily: font, color: colour("muted") },
  tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: colour("card"), borderColor: colour("rule"), textStyle: { color: colour("ink"), fontSize: 12 } },
});

const axis = () => ({
  axisLine: { lineStyle: { color: colour("line") } },
  axisLabel: { color: colour("muted"), hideOverlap: true },
  splitLine: { lineStyle: { color: colour("rule") } },
  nameTextStyle: { color: colour("muted"), fontSize: 11 },
});

function exceedance(data) {
  const said = money(data);
  const percent = new Intl.NumberFormat(data.language, { style: "percent", maximumFractionDigits: 1 });
  const dashes = ["dotted", "solid", "dashed"];
  const series = data.curves.map((curve, index) => ({
    name: curve.name,
    type: "line",
    symbol: "none",
    data: curve.points.filter((point) => point[0] > 0),
    lineStyle: { width: 2.5, type: dashes[index], color: colour(curve.tone) },
    itemStyle: { color: colour(curve.tone) },
  }));
  if (data.appetite) {
    series[1].markLine = {
      symbol: "none", silent: true, lineStyle: { color: colour("ink"), type: "dashed" },
      label: { formatter: `${data.words.appetite} ${said(data.appetite)}`, color: colour("ink") },
      data: [{ xAxis: data.appetite }],
    };
  }
  const sums = data.curves.flatMap((curve) => curve.points.filter((point) => point[0] > 0 && point[1] > 0.001).map((point) => point[0]));
  const most = 10 ** Math.ceil(Math.log10(Math.max(...sums, 10)));
  return {
    legend: { bottom: 0, textStyle: { color: colour("ink") }, itemWidth: 28 },
    grid: { left: 30, right: 24, top: 28, bottom: 70, containLabel: true },
    xAxis: { type: "log", name: data.words.money, nameLocation: "middle", nameGap: 36, min: Math.max(most / 1e5, 1), max: most, ...axis(), axisLabel: { ...axis().axisLabel, formatter: said, margin: 14 } },
    yAxis: { type: "value", name: data.words.chance, nameLocation: "middle", nameGap: 48, min: 0, max: 1, ...axis(), axisLabel: { color: colour("muted"), formatter: (value) => percent.format(value) } },
    tooltip: { ...common().tooltip, formatter: (points) => [said(points[0].axisValue), ...points.map((point) => `${point.seriesName}: ${percent.format(point.data[1])}`)].join("\n") },
    series,
  };
}

function tornado(data, box) {
  const said = money(data);
  const swings = data.swings.slice(0, 10).reverse();
  const bar = (end, tone, name) => ({
    name, type: "bar", stack: tone, barWidth: 14, barGap: "-100%", itemStyle: { color: colour(tone) },
    data: swings.map((one) => one[end]),
  });
  const tick = new Intl.NumberFormat(data.language, { notation: "compact", maximumSignificantDigits: 3 });
  const roomy = box.clientWidth > 430;
  const most = roomy ? 64 : 54;
  const short = (text) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  return {
    legend: { bottom: 0, textStyle: { color: colour("ink") } },
    grid: { left: 8, right: 24, top: 12, bottom: 70, containLabel: true },
    // Bars begin at the mean, and go to what it would be.
    xAxis: { type: "value", name: roomy ? `${data.words.mean} (${data.currency})` : data.currency, nameLocation: "middle", nameGap: 32, splitNumber: 3, scale: true, startValue: data.middle, ...axis(), axisLabel: { ...axis().axisLabel, formatter: (value) => tick.format(value) } },
    yAxis: { type: "category", data: swings.map((one) => one.name), ...axis(), axisTick: { show: false }, axisLabel: { color: colour("ink"), formatter: short, interval: 0, fontSize: 11, lineHeight: 12, width: Math.min(210, box.clientWidth * 0.42), overflow: "break" } },
    tooltip: { ...common().tooltip, axisPointer: { type: "shadow" }, formatter: (points) => [points[0].name, ...points.map((point) => `${point.seriesName}: ${said(point.value)}`)].join("\n") },
    series: [bar("low", "low", data.words.low), bar("high", "high", data.words.high)],
  };
}
