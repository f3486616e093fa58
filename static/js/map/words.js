/** The page's JavaScript catalogue when there is one, else the words as written. */
export function gettext(text) {
  return globalThis.gettext?.(text) ?? text;
}
