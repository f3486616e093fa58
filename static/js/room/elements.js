/** Making elements without markup in strings: nothing from the network is ever parsed as HTML here. */

const SVG = "http://www.w3.org/2000/svg";

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {string} tag @param {Record<string, any> | null} [attributes] @param {...any} children @returns {HTMLElement} */
export const el = (tag, attributes = null, ...children) => dress(document.createElement(tag), attributes, children);

/** @returns {SVGElement} */
export const svg = (tag, attributes = null, ...children) =>
  /** @type {any} */ (dress(document.createElementNS(SVG, tag), attributes, children));

/** Write only what changed: a thousand cards tick every second. @param {Node} node @param {string} text */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} element @param {string} name @param {string | null} value null removes it */
export function mark(element, name, value) {
  if (value === null) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Put the children of a list in this order, moving as few as possible and never losing the focus.
 * @param {Element} list
 * @param {Element[]} wanted
 */
export function inOrder(list, wanted) {
  const focused = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  let next = list.firstElementChild;
  for (const child of wanted) {
    if (child === next) next = next.nextElementSibling;
    else list.insertBefore(child, next);
  }
  if (focused && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}
