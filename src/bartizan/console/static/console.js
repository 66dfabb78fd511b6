// What makes pages handier. Everything works without it.

// Menus close when one looks elsewhere.
const menus = () => [...document.querySelectorAll("details.drop[open], details.menu-small[open]")];
document.addEventListener("click", (event) => menus().forEach((menu) => menu.contains(event.target) || (menu.open = false)));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

// A form that came back with mistakes: they are what to read first.
document.getElementById("mistakes")?.focus();

// On a small screen the tab of this page is scrolled into view.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.getBoundingClientRect().right - row.getBoundingClientRect().right + 48;
}

// An address with the id of something inside a closed part opens that part.
const opened = () => {
  const aim = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!aim) return;
  for (let part = aim.closest("details:not([open])"); part; part = aim.closest("details:not([open])")) part.open = true;
  aim.scrollIntoView({ block: "start" });
};
addEventListener("hashchange", opened);
opened();

// On a small screen each row of a list is a card: its cells say what their column is called, and stay cells for those
// who listen. Heads of columns of numbers stand where the numbers do.
const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
const cards = () => {
  for (const table of document.querySelectorAll("table.list:not(.map, .cards)")) {
    const heads = [...table.tHead.rows[0].cells];
    for (const row of table.tBodies[0].rows) {
      let column = 0;
      for (const cell of row.cells) {
        const head = heads[column];
        const leads = column === 0 && (cell.tagName === "TH" || cell.querySelector("a"));
        if (head && cell.colSpan === 1 && !leads && !head.querySelector(".visually-hidden")) cell.dataset.label = head.textContent.trim();
        if (/^[–\s]*$/.test(cell.textContent) && !cell.querySelector("svg, input, img")) cell.dataset.none = "";
        if (head && cell.classList.contains("num")) head.classList.add("num");
        column += cell.colSpan;
      }
    }
    for (const one of [table, ...table.querySelectorAll("thead, tbody, tr, td")]) one.setAttribute("role", roles[one.tagName]);
    for (const one of table.querySelectorAll("th")) one.setAttribute("role", one.scope === "row" ? "rowheader" : "columnheader");
    table.classList.add("cards");
  }
};
document.addEventListener("htmx:after:swap", cards);
cards();

// A form isn't sent twice by a double click.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const button = event.submitter;
  setTimeout(() => { if (button) button.disabled = true; }, 0);
  addEventListener("pageshow", () => { if (button) button.disabled = false; }, { once: true });
});
