// What tests ask about a page as it is laid out. Returns functions; the page's own policy doesn't bind the tests' debugger.
(() => {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0;
  const told = (element) => `${element.tagName.toLowerCase()} ${(element.getAttribute("aria-label") || element.textContent || element.name || "").trim().replace(/\s+/g, " ").slice(0, 40)}`;
  const interactive = () => [...document.querySelectorAll("a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea, summary, [tabindex='0']")].filter(shown);
  const touch = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  // The lines that something takes, as far as what it scrolls in lets them be seen.
  const seen = (element) => {
    let boxes = [...element.getClientRects()];
    for (let around = element.parentElement; around && around !== document.body; around = around.parentElement) {
      if (getComputedStyle(around).overflowX === "visible") continue;
      const edge = around.getBoundingClientRect();
      boxes = boxes.map((box) => ({
        left: Math.max(box.left, edge.left), right: Math.min(box.right, edge.right), top: Math.max(box.top, edge.top), bottom: Math.min(box.bottom, edge.bottom),
      }));
    }
    return boxes;
  };

  return {
    // How many pixels the page is wider than the window.
    wide: () => document.documentElement.scrollWidth - document.documentElement.clientWidth,

    // Lists that one has to move sideways to read, but for diagrams and the map, which are pictures.
    sideways: () => [...document.querySelectorAll(".scroll:has(.cards)")].filter((one) => one.scrollWidth > one.clientWidth + 1).map(told),

    // Pairs of things that lie on each other, though neither is within the other.
    overlapping: () => {
      const things = [...document.querySelectorAll("main :is(h1, h2, h3, .btn, input, select, textarea, summary, .tag, .card, p, td a, th, label), header :is(a, summary), .side a")]
        .filter((one) => shown(one) && !one.closest(".visually-hidden, svg") && !one.matches(".visually-hidden")).slice(0, 400);
      const boxes = things.map(seen);
      const fixed = things.map((one) => Boolean(one.closest("header, .side")));
      const found = [];
      for (let i = 0; i < things.length; i += 1) {
        for (let j = i + 1; j < things.length; j += 1) {
          if (fixed[i] !== fixed[j] || !boxes[i].some((a) => boxes[j].some((b) => touch(a, b)))) continue;
          if (things[i].contains(things[j]) || things[j].contains(things[i])) continue;
          found.push(`${told(things[i])} / ${told(things[j])}`);
        }
      }
      return found;
    },

    // What can't be focused, and what doesn't show that it is.
    unfocused: () => {
      const found = [];
      for (const one of interactive()) {
        if (one.tabIndex < 0 && !(one.type === "email" && one.readOnly)) { found.push(`no Tab: ${told(one)}`); continue; }
        if (one.tabIndex > 0) found.push(`out of order: ${told(one)}`);
        one.focus();
        if (document.activeElement !== one) { found.push(`no focus: ${told(one)}`); continue; }
        const style = getComputedStyle(one);
        if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) found.push(`invisible focus: ${told(one)}`);
      }
      return found;
    },

    // Everything that the Tab key should come to, one radio button of each group.
    stops: () => {
      const groups = new Set();
      return interactive().filter((one) => {
        if (one.type !== "radio") return true;
        const group = document.querySelector(`input[name="${one.name}"]:checked`) || one;
        if (groups.has(one.name) || (group !== one && group.checked)) return group === one && !groups.has(one.name) && groups.add(one.name);
        groups.add(one.name);
        return true;
      }).length;
    },
  };
})()
