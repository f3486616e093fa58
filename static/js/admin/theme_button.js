/** Night or day in the administration: the same choice as everywhere, kept by room/theme.js. */
for (const button of document.querySelectorAll("[data-theme-button]")) {
  button.addEventListener("click", () => document.documentElement.dispatchEvent(new Event("nice:theme")));
}
