/** The menu of the person in a head: it closes when one clicks elsewhere, goes elsewhere or presses Escape; night or day. */
let byPointer = false;

const opened = () => /** @type {HTMLDetailsElement | null} */ (document.querySelector("details.menu[open]"));

/**
 * Who came by the keyboard finds the keyboard where it was; who came by the mouse gets the keys of the page back:
 * in the room, Enter takes the alert again instead of opening the menu.
 * @returns {boolean} whether one was open
 */
export function closeMenu() {
  const menu = opened();
  if (!menu) return false;
  menu.open = false;
  const summary = menu.querySelector("summary");
  if (byPointer) summary.blur();
  else summary.focus();
  return true;
}

for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("pointerdown", () => { byPointer = true; });
  menu.addEventListener("keydown", ({ key }) => { if (key !== "Escape") byPointer = false; });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
  });
}

document.addEventListener("click", ({ target }) => {
  const menu = opened();
  if (menu && !menu.contains(target)) menu.open = false;
});

// In the room Escape goes through the keys of the room, which close the topmost window.
if (!document.body.matches(".room")) document.addEventListener("keydown", ({ key }) => key === "Escape" && closeMenu());

// On a narrow screen the sections stand in a row that scrolls: where one is, is in sight.
for (const here of document.querySelectorAll(":is(.desk-sections, .desk-places) [aria-current]")) {
  const row = here.parentElement;
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.clientWidth) / 2;
}

for (const button of document.querySelectorAll("[data-theme-button]")) {
  button.addEventListener("click", () => document.documentElement.dispatchEvent(new Event("nice:theme")));
}
