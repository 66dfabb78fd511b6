// An attack path to step through: by its buttons, or the arrow keys when the graph has the focus.
import { colour, font, painted, still } from "./colours.js";

const box = document.querySelector("[data-graph]");
if (box && window.cytoscape) start(box);

async function start(box) {
  const answer = await fetch(box.dataset.graph);
  if (!answer.ok) return;
  const { nodes, edges, walk, stops } = await answer.json();
  if (!nodes || !nodes.length) return;
  box.hidden = false;
  const words = JSON.parse(box.dataset.words);
  const wide = box.clientWidth > 700;
  const graph = window.cytoscape({
    container: box.querySelector(".graph-canvas"),
    elements: [
      ...nodes.map((node) => ({ data: { ...node, label: told(node, words) }, classes: node.kind })),
      ...edges.map((edge) => ({ data: { id: `${edge.source}>${edge.target}`, ...edge } })),
    ],
    style: sheet(),
    layout: { name: "dagre", rankDir: wide ? "LR" : "TB", nodeSep: 22, rankSep: wide ? 70 : 45, animate: false },
    userZoomingEnabled: false,
    autoungrabify: true,
    boxSelectionEnabled: false,
    minZoom: 0.2,
    maxZoom: 1.25,
  });
  painted(() => graph.style(sheet()));
  const fit = () => {
    const canvas = graph.container();
    const drawn = graph.elements().boundingBox();
    const shrink = Math.min(1, (canvas.clientWidth - 32) / drawn.w);
    canvas.style.height = `${Math.min(Math.max(drawn.h * shrink + 40, 200), 760)}px`;
    graph.resize();
    graph.fit(undefined, 16);
  };
  fit();
  addEventListener("resize", fit);
  walkthrough(box, graph, walk, stops, words);
}

function told(node, words) {
  const what = words[node.kind];
  return what ? `${what}\n${node.label}` : node.label;
}

function walkthrough(box, graph, walk, stops, words) {
  const items = [...document.querySelectorAll(".steps-list > li")];
  let at = 0;
  const show = () => {
    const upto = at ? stops[at - 1] : 1;
    const before = at > 1 ? stops[at - 2] : 1;
    graph.elements().removeClass("passed now");
    walk.forEach((node, index) => {
      if (index < upto) graph.getElementById(node).addClass(index >= before && at ? "now" : "passed");
      if (index && index < upto) graph.getElementById(`${walk[index - 1]}>${node}`).addClass(index >= before ? "now" : "passed");
    });
    items.forEach((item, index) => item.toggleAttribute("data-now", index === at - 1));
    const title = at ? items[at - 1]?.querySelector("h3")?.textContent.trim() : "";
    const step = at ? words.step.replace("{n}", at).replace("{m}", stops.length) : "";
    box.querySelector("[data-told]").textContent = step && `${step}: ${title}`;
    box.querySelector('[data-step="back"]').disabled = at === 0;
    box.querySelector('[data-step="next"]').disabled = at === stops.length;
  };
  const move = (by) => {
    at = Math.min(Math.max(at + by, 0), stops.length);
    show();
  };
  box.querySelector('[data-step="back"]').addEventListener("click", () => move(-1));
  box.querySelector('[data-step="next"]').addEventListener("click", () => move(1));
  box.querySelector(".graph-canvas").addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -1e6, End: 1e6 }[event.key];
    if (!by) return;
    event.preventDefault();
    move(by);
  });
  items.forEach((item, index) => item.addEventListener("click", (event) => {
    if (event.target.closest("a, summary, button")) return;
    move(index + 1 - at);
  }));
  move(0);
}

function sheet() {
  const [ink, card, line, attack, high] = ["ink", "card", "line", "attack", "critical"].map(colour);
  return [
    { selector: "node", style: {
      label: "data(label)", shape: "round-rectangle", width: 132, height: 46, "text-wrap": "wrap", "text-max-width": 122,
      "text-valign": "center", "font-family": font, "font-size": 12, color: ink, "background-color": card,
      "border-width": 1, "border-color": line, "transition-property": "border-color, border-width, background-color",
      "transition-duration": still ? 0 : "200ms" } },
    { selector: "node.attacker", style: { shape: "cut-rectangle", "border-style": "dashed" } },
    { selector: "node.loss", style: { "border-color": high, color: high, "border-width": 2 } },
    { selector: "edge", style: {
      width: 1.2, "line-color": line, "curve-style": "bezier", "target-arrow-shape": "triangle",
      "target-arrow-color": line, "arrow-scale": 0.9 } },
    { selector: "node.passed", style: { "border-color": attack, "border-width": 2.5 } },
    { selector: "edge.passed", style: { "line-color": attack, "target-arrow-color": attack, width: 2.5 } },
    { selector: "node.now", style: { "background-color": attack, color: card, "border-color": attack, "border-width": 2.5 } },
    { selector: "edge.now", style: { "line-color": attack, "target-arrow-color": attack, width: 4 } },
  ];
}
