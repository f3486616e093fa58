/** The keyboard: acts carry their keys in data-key, so what is on the page is what the keys do. */

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=button]), textarea, select, [contenteditable=true]";

/** Is the operator writing? Then letters are letters. @param {EventTarget | null} target */
export const isTyping = (target) => target instanceof Element && target.closest(TYPING) !== null;

/**
 * What a key press is called here: "A".."Z", "1".."9" whatever the layout needs to make a digit, or its own name.
 * @param {{key: string, code: string}} event
 */
export function nameOf({ key, code }) {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code ?? "");
  if (digit && !["/", "?"].includes(key)) return digit[1];
  return key.length === 1 ? key.toUpperCase() : key;
}

/** The act that answers to a key: the first one that is shown and allowed. @param {string} name */
export function actFor(name, root = document) {
  const open = root.querySelector("dialog[open]");
  for (const element of (open ?? root).querySelectorAll(`[data-key~="${CSS.escape(name)}"]`)) {
    if (element.matches(":disabled, [aria-disabled=true]") || element.closest("[hidden], [inert]")) continue;
    if (element.checkVisibility?.() === false) continue;
    return /** @type {HTMLElement} */ (element);
  }
  return null;
}

/**
 * @param {object} does
 * @param {(step: number) => void} does.walk
 * @param {() => void} does.take
 * @param {() => void} does.back
 * @param {() => void} does.command
 * @param {() => void} does.help
 * @param {() => void} does.theme
 * @param {() => void} does.leave Escape
 * @param {() => void} does.touched any key is a sign that somebody works here
 */
export function listen(does) {
  const named = {
    ArrowDown: () => does.walk(1), ArrowUp: () => does.walk(-1), "/": does.command, "?": does.help, D: does.theme,
  };
  document.addEventListener("keydown", (event) => {
    does.touched();
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      does.leave();
      return;
    }
    if (isTyping(event.target)) return;
    const name = nameOf(event);
    const onControl = event.target instanceof Element && event.target.closest("button, a, summary, [role=option], input") !== null;
    const onCard = event.target instanceof Element && event.target.closest(".queue .call") !== null;
    const inDialog = document.querySelector("dialog[open]") !== null;
    if (name === "Enter" || name === " ") {
      if (inDialog || (onControl && !(onCard && name === " "))) return;
      event.preventDefault();
      if (name === "Enter") does.take();
      else does.back();
      return;
    }
    if (inDialog && name !== "?") return;
    const act = named[name] ?? (name.length === 1 && !event.repeat ? pressing(name) : null);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @param {string} name */
function pressing(name) {
  const element = actFor(name);
  if (!element) return null;
  return () => (element.matches("textarea, input") ? element.focus() : element.click());
}
