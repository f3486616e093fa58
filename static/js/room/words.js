/** The page's words: Django's JavaScript catalogue when it is loaded, the English source otherwise (tests). */

/** @param {string} text */
export const gettext = (text) => globalThis.django?.gettext?.(text) ?? text;

/** @param {string} one @param {string} many @param {number} count */
export const ngettext = (one, many, count) =>
  globalThis.django?.ngettext?.(one, many, count) ?? (count === 1 ? one : many);

/**
 * Named interpolation: fill("%(count)s new", {count: 2}).
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export const fill = (text, values) =>
  text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));
