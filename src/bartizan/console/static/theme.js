// Runs before the page is drawn, so that no light flashes up: `auto` follows the device, and turns with it.
(() => {
  const root = document.documentElement;
  if (root.dataset.wish !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const turn = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", turn);
  turn();
})();
