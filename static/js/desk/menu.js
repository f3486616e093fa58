/** The menu of the person in the head of a page: it closes when one clicks elsewhere or presses Escape; night or day. */
const menus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const button of document.querySelectorAll("[data-theme-button]")) {
  button.addEventListener("click", () => document.documentElement.dispatchEvent(new Event("nice:theme")));
}
