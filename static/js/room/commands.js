/** The command bar's grammar and what it proposes. Pure: commandbar.js shows it. */
import { SIZES } from "../wall/cells.js";
import { fill, gettext } from "./words.js";

const MOST_TILES = 16;

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
  { verb: "follow", takes: false, act: "follow", says: () => gettext("Follow a target from camera to camera, on the map") },
  { verb: "tour", takes: true, says: () => gettext("Watch a video tour: its name") },
  { verb: "layout", takes: true, says: () => gettext("My tiles: 1, 4, 9 or 16, or a layout of the room by its name") },
  { verb: "i", takes: false, act: "tiles", says: () => gettext("My tiles, or the map again") },
  { verb: "push", takes: false, act: "push", says: () => gettext("Put my tiles on the wall of the room (shift lead)") },
  { verb: "give", takes: false, act: "giveBack", says: () => gettext("Give back the wall's tiles this alert has taken") },
  { verb: "b", takes: false, act: "bookmark", says: () => gettext("Bookmark what the picture shows now") },
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
  const put = /^(.+?)\s+(\d{1,2})$/.exec(typed);
  const into = put && Number(put[2]) >= 1 && Number(put[2]) <= MOST_TILES ? camerasMatching({ cameras }, put[1]).slice(0, 4) : [];
  return [...into.map(({ label, target }) => ({
    label, hint: fill(gettext("in tile %(n)s"), { n: put[2] }), act: "put", target: { code: target.code, place: Number(put[2]) - 1 },
  })), ...camerasNamed({ cameras }, typed)];
}

function camerasNamed({ cameras }, typed) {
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

/** "/layout 9" and "/layout Promenade". @returns {Proposal[]} */
export function layoutsMatching({ layouts = [] }, typed) {
  const sizes = SIZES.filter((size) => typed === "" || String(size) === typed);
  return [
    ...sizes.map((size) => ({ label: fill(gettext("%(n)s tiles"), { n: size }), hint: gettext("of my own"), act: "size", target: size })),
    ...layouts.filter(({ name }) => typed === "" || matches(name, typed)).slice(0, 8).map((layout) => ({
      label: layout.name, hint: fill(gettext("%(n)s tiles"), { n: layout.size }), act: "layout", target: layout,
    })),
  ];
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
  if (verb === "tour") return [{ label: `/tour ${argument}`, hint: gettext("Watch this tour, or the one that is due"), act: "tour", target: argument }];
  if (verb === "c") return camerasMatching(known, argument);
  if (verb === "layout") return layoutsMatching(known, argument);
  if (verb === "") {
    if (argument === "") return VERBS.map(verbProposal);
    return [...alertsMatching(known, argument).slice(0, 5), ...camerasMatching(known, argument).slice(0, 5)];
  }
  const exact = VERBS.filter((one) => one.verb === verb);
  return (exact.length ? exact : VERBS.filter((one) => verb === "/" || one.verb.startsWith(verb))).map(verbProposal);
}

/** @returns {Proposal} */
const verbProposal = (one) => ({
  label: `/${one.verb}`, hint: one.says(), act: one.takes ? "fill" : one.act, fillIn: one.takes ? `/${one.verb} ` : undefined,
});

/** What the server is asked for: addresses and sites, and incidents that are over. "" for nothing. @param {string} text */
export function asksServer(text) {
  const { verb, argument } = parse(text);
  if (verb === "a" && argument) return argument;
  return verb === "" && plain(argument).length >= 3 ? argument : "";
}

/**
 * What the server found and the page does not know itself.
 * @param {{kind: string, label: string, detail: string, key: string, at: string, lat: number, lon: number}[]} results
 * @param {{verb: string, cards: {key: string}[], day: (at: string) => string}} known
 * @returns {Proposal[]}
 */
export function foundThere(results, { verb, cards, day }) {
  const here = new Set(cards.map(({ key }) => key));
  return results.flatMap((one) => {
    if (one.kind === "incident") {
      return here.has(`i${one.key}`) ? [] : [{ label: `${one.label} · ${one.detail}`, hint: day(one.at), act: "past", target: one }];
    }
    if (verb || !["site", "address"].includes(one.kind)) return [];
    return [{ label: one.label, hint: one.detail || gettext("address"), act: "place", target: one }];
  });
}
