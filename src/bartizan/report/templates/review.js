// Steps through a path, opens what is closed before printing. Without it the page shows the same, a path at a time.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Follow a path step by step.
  const show = (way, step) => {
    const path = way.dataset.path;
    const items = all("li[data-step]", way);
    const last = items.length;
    way.dataset.at = step;
    items.forEach((item, index) => {
      item.classList.toggle("now", index + 1 === step);
      item.classList.toggle("later", step > 0 && index + 1 > step);
      if (index + 1 === step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    all(`.path-${path} .hop`).forEach((hop) => {
      const number = Number(hop.getAttribute("class").replace(/\D+/g, ""));
      hop.classList.toggle("later", step > 0 && number > step);
    });
    all(`.path-${path} .step`).forEach((mark) => {
      const number = Number(mark.getAttribute("class").match(/step-(\d+)/)[1]);
      mark.classList.toggle("later", step > 0 && number > step);
      mark.classList.toggle("now", number === step);
    });
    const [back, next, out] = ["back", "next", "out"].map((name) => way.querySelector(`.${name}`));
    back.disabled = step === 0;
    next.disabled = step === last;
    next.textContent = step === 0 ? "Follow the path" : "Next step";
    const title = step ? items[step - 1].querySelector(".do").textContent : "";
    out.textContent = step ? `Step ${step} of ${last}: ${title}` : "";
  };
  const move = (way, by) => {
    const last = all("li[data-step]", way).length;
    show(way, Math.min(last, Math.max(0, Number(way.dataset.at) + by)));
  };
  all(".way").forEach((way) => {
    const bar = document.createElement("div");
    bar.className = "stepper";
    for (const [name, text, by] of [["back", "Back", -1], ["next", "Follow the path", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = name;
      button.textContent = text;
      button.addEventListener("click", () => move(way, by));
      bar.append(button);
    }
    const out = document.createElement("output");
    out.className = "out";
    bar.append(out);
    way.querySelector("h3").after(bar);
    bar.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") move(way, 1);
      if (event.key === "ArrowLeft") move(way, -1);
    });
    show(way, 0);
  });

  // A path named in a threat is chosen where it is drawn.
  all("a[data-path]").forEach((link) =>
    link.addEventListener("click", () => {
      const choice = document.getElementById(`pick-${link.dataset.path}`);
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    })
  );

  // All threats at once.
  const list = document.querySelector("#threats .threats");
  if (list) {
    const bar = document.createElement("p");
    const button = document.createElement("button");
    bar.className = "tools";
    button.type = "button";
    button.textContent = "Open all";
    button.addEventListener("click", () => {
      const open = button.textContent === "Open all";
      all("details.threat", list).forEach((one) => (one.open = open));
      button.textContent = open ? "Close all" : "Open all";
    });
    bar.append(button);
    list.before(bar);
  }

  // Paper has no hinges.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => closed.forEach((one) => (one.open = false)));
})();
