/* Night or day, before the first paint: a classic script in the head, because a module would come too late. */
(() => {
  const root = document.documentElement;
  const KEY = "nice.theme";
  let kept = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // storage is refused: night
  }
  root.dataset.theme = kept === "day" ? "day" : "night";
  root.addEventListener("nice:theme", () => {
    root.dataset.theme = root.dataset.theme === "day" ? "night" : "day";
    try {
      localStorage.setItem(KEY, root.dataset.theme);
    } catch {
      // as above: until the page is left
    }
  });
})();
