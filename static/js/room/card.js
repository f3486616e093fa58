/** One card of the queue: made once, then only its words change. */
import { el, mark, say } from "./elements.js";
import { age, shortTime } from "./format.js";
import { isClosed, isUnanswered, isWaiting } from "./store.js";
import { fill, gettext, ngettext } from "./words.js";

/** I-2026-04817 is 4817 in the room: what one says aloud and types after /a. @param {string} number */
export const shortNumber = (number) => String(Number(/(\d+)$/.exec(number ?? "")?.[1] ?? 0) || "");

/** @param {string} key */
export function makeCard(key) {
  const parts = {
    number: el("i"), says: el("span", { class: "visually-hidden" }), title: el("span", { class: "t" }), no: el("span", { class: "no" }),
    age: el("span", { class: "age" }), what: el("span", { class: "what" }), tag: el("span", { class: "tag" }),
    who: el("span", { class: "who" }),
  };
  const button = el(
    "button", { type: "button", class: "open" },
    el("span", { class: "shape", "aria-hidden": "true" }, parts.number), parts.says, parts.title, parts.age,
    el("span", { class: "m" }, parts.no, parts.what, parts.who, parts.tag),
  );
  return { root: el("li", { class: "call", "data-key": key }, button), button, ...parts, since: "" };
}

/** What a device says is happening, in the room's words (alerts.models.Signal). */
const signal = (code) => ({
  panic: gettext("Panic button"), hold_up: gettext("Hold-up"), fire: gettext("Fire alarm"), medical: gettext("Medical call"),
  gas: gettext("Gas alarm"), intrusion: gettext("Intrusion alarm"), tamper: gettext("Tampering"), water: gettext("Water alarm"),
  link_lost: gettext("Link lost"), other: gettext("Signal the centre does not know"),
}[code] ?? "");

/** What kind of call it is, in the room's words. */
export const nature = (row) => signal(row.signal) || ({
  alert_button: gettext("Alert button"), button: gettext("Alert button"), call_point: gettext("Call point"),
  alarm_panel: gettext("Alarm panel"), panel: gettext("Alarm panel"), signal: gettext("Analytic signal"), observed: gettext("Seen by an operator"),
  centre: gettext("The centre itself"),
}[row.nature ?? row.device_kind] ?? row.title ?? "");

const STATES = () => ({
  dispatched: gettext("crew sent"), en_route: gettext("crew on the way"), on_scene: gettext("on the scene"),
  under_control: gettext("under control"), transferred: gettext("handed over"),
});

/** How it ended, in the room's words. */
export const outcome = (code) => ({
  arrest: gettext("arrest"), help: gettext("help given"), intervention: gettext("crew intervened"),
  transferred: gettext("handed over"), nothing_found: gettext("nothing found"), unfounded: gettext("unfounded"),
  technical: gettext("technical fault"), test: gettext("test"),
}[code] ?? code ?? "");

/** The second line, what one must know before opening it first: where it is narrow, its end is cut. */
export function whatItIs(row) {
  if (row.signal_id && row.incident_id === undefined) return [row.camera_code, row.title, row.zone].filter(Boolean).join(" · ");
  const parts = [];
  if (!isClosed(row)) {
    if (row.cancelled) parts.push(gettext("“by mistake”: check"));
    else if (row.doubt === "founded" && row.state === "open") parts.push(gettext("founded"));
    else if (row.doubt === "unfounded") parts.push(gettext("unfounded"));
    parts.push(STATES()[row.state]);
  }
  if (row.alerts > 1) parts.push(fill(ngettext("%(n)s alert", "%(n)s alerts", row.alerts), { n: row.alerts }));
  if (row.presses > 1) parts.push(fill(ngettext("%(n)s press", "%(n)s presses", row.presses), { n: row.presses }));
  return [...parts, nature(row)].filter(Boolean).join(" · ");
}

/** Who holds it, as the room says it: a fact names the workstation, never the person. */
export const holder = (row, names) => row.taken_by || names.get(row.taken_user_id) || gettext("a colleague");

/**
 * @param {any} row
 * @param {{user_id: number}} me
 * @param {Map<number, string>} names
 * @returns {[string, string]} words and class of the tag
 */
export function holderTag(row, me, names) {
  if (isClosed(row)) return [outcome(row.outcome), ""];
  if (isUnanswered(row)) return [gettext("not answered"), "unanswered"];
  if (row.signal_id && row.incident_id === undefined) return [row.state === "pending" ? gettext("to confirm") : gettext("confirmed"), "due"];
  if (row.incident_id === undefined) return [gettext("received"), "new"];
  if (isWaiting(row)) return [gettext("to take"), row.priority === 1 ? "new" : "due"];
  if (row.taken_user_id === me.user_id) return [gettext("me"), "me"];
  return [holder(row, names), ""];
}

/**
 * @param {ReturnType<typeof makeCard>} card
 * @param {import("./order.js").Card} shown
 * @param {{me: {user_id: number}, selected: boolean, gone: boolean, people: any[],
 *         names: Map<number, string>}} how
 */
export function showCard(card, { row, priority, exercise, since, key }, { me, selected, gone, people, names }) {
  const closed = isClosed(row);
  const classes = ["call", `p${priority}`, selected && "sel", exercise && "exercise", (closed || gone) && "done", isUnanswered(row) && "late"];
  mark(card.root, "class", classes.filter(Boolean).join(" "));
  mark(card.root, "data-key", key);
  mark(card.button, "aria-current", selected ? "true" : null);
  card.since = closed ? "" : since;
  say(card.number, closed ? "✓" : String(priority));
  say(card.says, fill(gettext("Priority %(n)s"), { n: priority }));
  say(card.title, row.place_label);
  say(card.no, shortNumber(row.number));
  say(card.what, whatItIs(row));
  // A signal that somebody has answered asks for nothing, while its card waits for the pointer to move on.
  const [words, look] = gone && row.signal_id ? [gettext("has its answer"), ""] : holderTag(row, me, names);
  say(card.tag, words);
  mark(card.tag, "class", `tag ${look}`.trim());
  if (closed) say(card.age, shortTime(row.closed_at));
  const others = people.filter((one) => one.user_id !== me.user_id);
  const labels = others.map((one) => one.workstation || one.label);
  say(card.who, others.length ? "●".repeat(Math.min(3, others.length)) : "");
  mark(card.who, "title", labels.length ? fill(gettext("looking at it: %(who)s"), { who: labels.join(", ") }) : null);
}

/** @param {ReturnType<typeof makeCard>} card @param {import("./clock.js").ServerClock} clock */
export function tickCard(card, clock) {
  if (card.since) say(card.age, age(clock.since(card.since)));
}
