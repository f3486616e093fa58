/** In what order the queue stands, and when it may change. Pure. */
import { isClosed } from "./store.js";

/**
 * @typedef {object} Card
 * @property {string} key "i5" an incident, "a12" an alert that has none yet, "s7" a signal of software
 * @property {"incident" | "alert" | "signal"} kind
 * @property {number} id
 * @property {number} priority
 * @property {string} since when the centre received it
 * @property {number} at the same, in milliseconds
 * @property {boolean} exercise
 * @property {any} row
 */

/** Priority, then age, then the order of arrival (law W-06). @param {Card} a @param {Card} b */
export const inQueueOrder = (a, b) =>
  a.priority - b.priority || a.at - b.at || a.id - b.id;

/**
 * The open cards in their order, real ones apart from exercises, and the closed ones, last first.
 * @param {import("./store.js").State} state
 */
export function cards(state) {
  const open = [];
  const closed = [];
  for (const row of state.incidents.values()) (isClosed(row) ? closed : open).push(cardOf(row));
  for (const row of state.alerts.values()) open.push(cardOf(row));
  for (const row of state.signals.values()) open.push(cardOf(row));
  open.sort(inQueueOrder);
  closed.sort((a, b) => Date.parse(b.row.closed_at) - Date.parse(a.row.closed_at));
  return {
    real: open.filter((card) => !card.exercise),
    exercise: open.filter((card) => card.exercise),
    closed: closed.slice(0, 20),
  };
}

/** @param {any} row @returns {Card} */
export function cardOf(row) {
  const { priority, exercise } = row;
  const since = row.opened_at ?? row.received_at;
  const known = { priority, since, at: Date.parse(since), exercise, row };
  if (row.incident_id) return { key: `i${row.incident_id}`, kind: "incident", id: row.incident_id, ...known };
  if (row.signal_id) return { key: `s${row.signal_id}`, kind: "signal", id: row.signal_id, ...known };
  return { key: `a${row.alert_id}`, kind: "alert", id: row.alert_id, ...known };
}

/**
 * The order to show. While the list is held (a pointer or the keyboard is in it) nothing that stands moves: what is
 * gone keeps its place, what is new comes last. Otherwise nothing new is put above the selected card.
 *
 * An alert that became its incident keeps its card's place: `same` maps its old key to its new one.
 * @param {string[]} shown keys as they stand
 * @param {string[]} wanted keys as they should
 * @param {{held: boolean, selected: string | null, same?: Map<string, string>}} how
 * @returns {{order: string[], gone: Set<string>, outOfPlace: number}}
 */
export function arrange(shown, wanted, { held, selected, same = new Map() }) {
  const stood = [...new Set(shown.map((key) => same.get(key) ?? key))];
  const before = new Set(stood);
  const present = new Set(wanted);
  if (stood.length === 0) return { order: wanted, gone: new Set(), outOfPlace: 0 };
  if (held) {
    const fresh = wanted.filter((key) => !before.has(key));
    const gone = new Set(stood.filter((key) => !present.has(key)));
    const order = [...stood, ...fresh];
    return { order, gone, outOfPlace: misplaced(order.filter((key) => present.has(key)), wanted) };
  }
  const at = selected === null ? -1 : wanted.indexOf(selected);
  if (at < 0 || !before.has(selected)) return { order: wanted, gone: new Set(), outOfPlace: 0 };
  const stoodAbove = new Set(stood.slice(0, stood.indexOf(selected)));
  const above = wanted.slice(0, at);
  const late = above.filter((key) => !stoodAbove.has(key));
  const order = [...above.filter((key) => stoodAbove.has(key)), selected, ...late, ...wanted.slice(at + 1)];
  return { order, gone: new Set(), outOfPlace: late.length };
}

/** How many cards stand lower than they should. */
function misplaced(order, wanted) {
  const rank = new Map(wanted.map((key, index) => [key, index]));
  return order.filter((key, index) => (rank.get(key) ?? index) < index).length;
}

/**
 * The key to select when the arrows walk.
 * @param {string[]} order
 * @param {string | null} selected
 * @param {number} step
 */
export function walk(order, selected, step) {
  if (order.length === 0) return null;
  const at = selected === null ? -1 : order.indexOf(selected);
  if (at < 0) return step > 0 ? order[0] : order[order.length - 1];
  return order[Math.min(order.length - 1, Math.max(0, at + step))];
}
