/** The command bar's grammar and what it proposes. Pure: commandbar.js shows it. */
import { gettext } from "./words.js";

/**
 * @typedef {{verb: string, argument: string}} Command
 * @typedef {{label: string, hint: string, act: string, target?: any, fillIn?: string}} Proposal
 */

/** What may follow the slash. `act` is what main.js does. */
export const VERBS = [
  { verb: "a", takes: true, says: () => gettext("Go to an alert or incident: number or place") },
  { verb: "c", takes: true, says: () => gettext("Show a camera on the map: code or name") },
  { verb: "t", takes: false, act: "theme", says: () => gettext("Change between night and day") },
  { verb: "m", takes: false, act: "mute", says: () => gettext("Silence for two minutes, or sound again") },
  { verb: "l", takes: false, act: "lock", says: () => gettext("Lock this screen") },
  { verb: "w", takes: false, act: "wall", says: () => gettext("Open the video wall") },
  { verb: "?", takes: false, act: "help", says: () => gettext("All the keys") },
];

/** Without accents, case or punctuation: what people type. @param {string} text */
export const plain = (text) =>
  (text ?? "").normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();

/**
 * "/a 12" → {verb: "a", argument: "12"}; "acropolis" → {verb: "", argument: "acropolis"}; "/send P7" → verb "send".
 * @param {string} text
 * @returns {Command}
 */
export function parse(text) {
  const found = /^\s*\/\s*([^\s\d]*)\s*(.*)$/.exec(text);
  if (!found) return { verb: "", argument: text.trim() };
  const [, verb, argument] = found;
  return { verb: verb.toLowerCase() || "/", argument: argument.trim() };
}

/** The number at the end: 12 finds I-2026-00012 and A-2026-000012, and only these. */
const sameNumber = (number, typed) => /^\d+$/.test(typed) && Number(/(\d+)$/.exec(number ?? "")?.[1]) === Number(typed);

/** Every word typed starts a word of the text. */
function matches(text, typed) {
  const words = plain(text).split(" ");
  return plain(typed).split(" ").every((part) => part !== "" && words.some((word) => word.startsWith(part)));
}

/**
 * @param {{cards: import("./order.js").Card[]}} known
 * @param {string} typed
 * @returns {Proposal[]}
 */
export function alertsMatching({ cards }, typed) {
  const found = cards.filter(({ row }) =>
    typed === "" || sameNumber(row.number, typed) || plain(row.number) === plain(typed) ||
    matches(`${row.place_label} ${row.title ?? ""} ${row.address ?? ""}`, typed));
  const rank = ({ row }) => (sameNumber(row.number, typed) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, 8).map((card) => ({
    label: card.row.place_label, hint: card.row.number, act: "select", target: card.key,
  }));
}

/** 885 finds C885; a name finds by its words. */
export function camerasMatching({ cameras }, typed) {
  if (typed === "") return [];
  const code = plain(typed).replace(/ /g, "").toUpperCase();
  const found = cameras.filter((camera) => {
    const own = plain(camera.code).replace(/ /g, "").toUpperCase();
    return own === code || own === `C${code}` || own.startsWith(code) || sameNumber(camera.code, typed) || matches(camera.name, typed);
  });
  const rank = (camera) => (sameNumber(camera.code, typed.replace(/^c/i, "")) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, 8).map((camera) => ({
    label: `${camera.code} · ${camera.name}`, hint: camera.stateLabel ?? "", act: "camera", target: camera,
  }));
}

/**
 * What the bar proposes for a text, best first. Addresses come from the server and are added by the bar.
 * @param {string} text
 * @param {{cards: import("./order.js").Card[], cameras: any[]}} known
 * @returns {Proposal[]}
 */
export function propose(text, known) {
  const { verb, argument } = parse(text);
  if (verb === "a") return alertsMatching(known, argument);
  if (verb === "c") return camerasMatching(known, argument);
  if (verb === "") {
    if (argument === "") return VERBS.map(verbProposal);
    return [...alertsMatching(known, argument).slice(0, 5), ...camerasMatching(known, argument).slice(0, 5)];
  }
  return VERBS.filter((one) => verb === "/" || one.verb === verb || one.verb.startsWith(verb)).map(verbProposal);
}

/** @returns {Proposal} */
const verbProposal = (one) => ({
  label: `/${one.verb}`, hint: one.says(), act: one.takes ? "fill" : one.act, fillIn: one.takes ? `/${one.verb} ` : undefined,
});

/** Should the server be asked for addresses and sites? @param {string} text */
export function asksServer(text) {
  const { verb, argument } = parse(text);
  return verb === "" && plain(argument).length >= 3;
}
