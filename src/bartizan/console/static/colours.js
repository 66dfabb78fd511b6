// Colours of the page's style sheet as plain values, for what is drawn on a canvas.
export function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// Calls `draw` now, and again when light turns to dark or back.
export function painted(draw) {
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}

export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
export const font = getComputedStyle(document.body).fontFamily;
