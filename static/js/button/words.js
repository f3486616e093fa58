// The sentences of the page, in the language of the phone's owner; changes without a network.

const all = JSON.parse(document.getElementById("words").textContent);
let language = localStorage.getItem("button.language") ?? document.documentElement.lang;
if (!(language in all)) language = Object.keys(all)[0];

/** The sentence of this name, with %(x)s filled in. */
export function t(name, values = {}) {
  return (all[language][name] ?? name).replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

export function current() {
  return language;
}

export function choose(code) {
  if (!(code in all)) return;
  language = code;
  localStorage.setItem("button.language", code);
  write();
  document.dispatchEvent(new CustomEvent("language"));
}

/** Put the sentences where the page names them. */
export function write(root = document) {
  document.documentElement.lang = language;
  document.title = t("title");
  for (const node of root.querySelectorAll("[data-t]")) {
    node.textContent = t(node.dataset.t, { number: node.dataset.tNumber });
  }
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
  }
  for (const node of document.querySelectorAll("[data-language]")) {
    node.setAttribute("aria-pressed", String(node.dataset.language === language));
  }
}

/** Say another sentence here; it follows the language from now on. */
export function say(node, name, values = {}) {
  delete node.dataset.t;
  const sentence = name ? t(name, values) : "";
  if (node.textContent !== sentence) node.textContent = sentence;
}

export function clock(at) {
  return new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

export function day(at) {
  return new Date(at).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric" });
}
