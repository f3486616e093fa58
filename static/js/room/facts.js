/** What each kind of fact changes in what the page knows. One map, no DOM; store.js says when. */

import { SIGNAL_CHANGES, signalGoesHome } from "./signals.js";

/** @typedef {import("./store.js").State} State */
/** @typedef {import("./store.js").Fact} Fact */

/** "alert:12" and "alert:12:press:3" are about alert 12. @param {string} subject @param {string} name */
export const idIn = (subject, name) => {
  const [kind, id] = (subject ?? "").split(":");
  return kind === name ? Number(id) : null;
};

/**
 * The incident, ready to change, unless a later fact already settled this matter (`mark`).
 * @returns {any | null}
 */
function changing(state, fact, mark) {
  const known = state.incidents.get(fact.data.incident_id);
  if (!known || (known.marks[mark] ?? 0) > fact.id) return null;
  const changed = { ...known, marks: { ...known.marks, [mark]: fact.id } };
  state.incidents.set(changed.incident_id, changed);
  return changed;
}

/** What one alert has said so far: pressed how often, called a mistake, left without an answer. */
export const CALL = { presses: 1, cancelled: false, escalated: false };

/**
 * What its alerts say, added up on the incident's own card.
 * @param {any} incident ready to change
 * @param {Record<number, typeof CALL>} calls by alert
 */
export function addUp(incident, calls) {
  const each = Object.values(calls);
  return Object.assign(incident, {
    calls,
    presses: each.reduce((sum, call) => sum + call.presses, 0),
    cancelled: each.some((call) => call.cancelled),
    escalated: each.some((call) => call.escalated),
  });
}

/** One alert said something more: on its own card, or on its incident's. */
function says(state, alertId, more) {
  const waiting = state.alerts.get(alertId);
  if (waiting) state.alerts.set(alertId, { ...waiting, ...more(waiting) });
  const incident = state.incidents.get(state.home.get(alertId));
  if (!incident) return;
  const call = incident.calls[alertId] ?? CALL;
  state.incidents.set(incident.incident_id, addUp({ ...incident }, { ...incident.calls, [alertId]: { ...call, ...more(call) } }));
}

/** An alert has found its incident: its card goes, what it said counts for the incident. */
function goHome(state, incident, alertId) {
  if (alertId === null || state.home.get(alertId) === incident.incident_id) return;
  const { presses, cancelled, escalated } = state.alerts.get(alertId) ?? CALL;
  state.home.set(alertId, incident.incident_id);
  state.alerts.delete(alertId);
  addUp(incident, { ...incident.calls, [alertId]: { presses, cancelled, escalated } });
  if (!incident.alert_ids.includes(alertId)) incident.alert_ids = [...incident.alert_ids, alertId];
}

/** @param {State} state @param {Fact} fact */
function opened(state, fact) {
  const id = fact.data.incident_id;
  if (state.incidents.has(id)) return;
  const incident = {
    state: "open", doubt: "standing", taken_by: null, taken_user_id: null, taken_at: null,
    presses: 0, alerts: 1, doubt_removed_at: null, closed_at: null, outcome: null,
    orders: [], left_out: [], ...fact.data, alert_ids: [], calls: {}, cancelled: false, escalated: false, marks: {},
  };
  for (const alertId of fact.data.alert_ids ?? []) goHome(state, incident, alertId);
  signalHome(state, fact);
  state.incidents.set(id, incident);
}

/** A confirmed signal has found its incident. */
function signalHome(state, { data: { cause, incident_id: incidentId } }) {
  const signalId = idIn(cause, "signal");
  if (signalId !== null) signalGoesHome(state, signalId, incidentId);
}

function joined(state, fact) {
  const known = state.incidents.get(fact.data.incident_id);
  if (!known) return;
  signalHome(state, fact);
  // Whatever came since: this alert is of this incident, and leaves the queue.
  const home = { ...known };
  goHome(state, home, idIn(fact.data.cause, "alert"));
  state.incidents.set(home.incident_id, home);
  const incident = changing(state, fact, "joined");
  if (incident) Object.assign(incident, { alerts: fact.data.alerts, priority: fact.data.priority ?? incident.priority });
}

function taken(state, fact) {
  const incident = changing(state, fact, "holder");
  if (!incident) return;
  incident.taken_by = fact.data.by;
  incident.taken_user_id = fact.data.user_id;
  incident.taken_at ??= fact.data.taken_at;
}

function released(state, fact) {
  const incident = changing(state, fact, "holder");
  if (incident) Object.assign(incident, { taken_by: null, taken_user_id: null });
}

function doubtRemoved(state, fact) {
  const incident = changing(state, fact, "doubt");
  if (!incident) return;
  incident.doubt = fact.data.founded ? "founded" : "unfounded";
  incident.doubt_removed_at ??= fact.data.at;
}

function stateChanged(state, fact) {
  const incident = changing(state, fact, "state");
  if (!incident || incident.closed_at) return;
  incident.state = fact.data.state;
  if (fact.data.state === "on_scene") incident.on_scene_at ??= fact.data.at;
}

function priorityChanged(state, fact) {
  const incident = changing(state, fact, "priority");
  if (incident) incident.priority = fact.data.priority;
}

function closed(state, fact) {
  const incident = changing(state, fact, "state");
  if (incident) Object.assign(incident, { state: "closed", outcome: fact.data.outcome, closed_at: fact.data.closed_at });
}

/** @param {State} state @param {Fact} fact */
function alertReceived(state, fact) {
  if (state.home.has(fact.data.alert_id) || state.alerts.has(fact.data.alert_id)) return;
  state.alerts.set(fact.data.alert_id, { ...CALL, ...fact.data });
}

/** Who presses again no longer calls it a mistake. */
function pressedAgain(state, { data: { alert_id: alertId, presses } }) {
  says(state, alertId, (call) => ({ presses: Math.max(call.presses, presses), cancelled: false }));
}

/** The site says it was a mistake: said on the card, and the card stays (an operator still checks). */
function alertCancelled(state, { data }) {
  says(state, data.alert_id, () => ({ cancelled: true }));
}

function alertTested(state, fact) {
  state.tests = [{ ...fact.data, id: fact.id }, ...state.tests].slice(0, 10);
}

/** Not answered in time (law W-09), until its state moves on. One that ends without an incident leaves the queue. */
function alertStateChanged(state, { data: { alert_id: alertId, state: now } }) {
  if (["unfounded", "test", "technical", "cancelled"].includes(now)) state.alerts.delete(alertId);
  says(state, alertId, () => ({ escalated: now === "escalated" }));
}

function steeringOrdered(state, fact) {
  const incident = state.incidents.get(idIn(fact.data.cause, "incident"));
  if (!incident) return;
  // One that was taken away and is given back keeps its number: it is ordered anew.
  const told = new Set(fact.data.orders.map((order) => order.order_id));
  const known = new Map(incident.orders.map((order) => [order.order_id, order]));
  const fresh = fact.data.orders.map((order) => (fact.id > (known.get(order.order_id)?.mark ?? 0) ? { ordered_at: fact.at, ...order, mark: fact.id } : known.get(order.order_id)));
  state.incidents.set(incident.incident_id, {
    ...incident,
    orders: [...incident.orders.filter((order) => !told.has(order.order_id)), ...fresh],
    left_out: fact.data.left_out,
  });
}

const OVER = new Set(["done", "failed", "strayed"]);

/** What became of an order: on the tile of its incident. That it is late is over once it has ended. */
const ended = (as) => (state, { id, data }) => {
  const incident = state.incidents.get(idIn(data.cause, "incident"));
  if (!incident) return;
  const orders = incident.orders.map((order) => (order.order_id === data.order_id && id > (order.mark ?? 0) && !(as === "late" && OVER.has(order.state))
    ? { ...order, state: as, done_at: data.at, result: { why: data.why, reason: data.reason } } : order));
  state.incidents.set(incident.incident_id, { ...incident, orders });
};

function cameraStateChanged(state, fact) {
  state.cameras.set(fact.data.camera_id, { state: fact.data.state, since: fact.at });
}

/** @type {Record<string, (state: State, fact: Fact) => void>} */
export const CHANGES = {
  ...SIGNAL_CHANGES,
  "alerts.received": alertReceived,
  "alerts.pressed_again": pressedAgain,
  "alerts.cancelled": alertCancelled,
  "alerts.tested": alertTested,
  "alerts.state_changed": alertStateChanged,
  "incidents.opened": opened,
  "incidents.joined": joined,
  "incidents.taken": taken,
  "incidents.released": released,
  "incidents.doubt_removed": doubtRemoved,
  "incidents.state_changed": stateChanged,
  "incidents.priority_changed": priorityChanged,
  "incidents.closed": closed,
  "cameras.steering_ordered": steeringOrdered,
  "cameras.turned": ended("done"),
  "cameras.turns_late": ended("late"),
  "cameras.could_not_turn": ended("failed"),
  "cameras.strayed": ended("strayed"),
  "cameras.state_changed": cameraStateChanged,
  "cameras.lost": cameraStateChanged,
  "cameras.returned": cameraStateChanged,
  "cameras.moved": cameraStateChanged,
};

/** The incident a fact is about, or null. @param {State} state @param {Fact} fact */
export const incidentOf = (state, fact) =>
  fact.data.incident_id ?? idIn(fact.data.cause, "incident") ?? state.home.get(fact.data.alert_id) ?? null;
