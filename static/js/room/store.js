/** What the page knows: a snapshot, plus the facts that followed it. Pure; every fact counts exactly once. */
import { CALL, CHANGES, idIn } from "./facts.js";
import { signalRow } from "./signals.js";

/** How many facts are remembered to know a repeated one, and to lay them over a snapshot that is older. */
const REMEMBERED = 3000;

/**
 * @typedef {{id: number, at: string, kind: string, data: any, actor?: any, correlation?: string}} Fact
 * @typedef {object} State
 * @property {number} last the last line of the log the page has
 * @property {number} floor every line up to here is already counted
 * @property {Map<number, Fact>} recent facts above the floor
 * @property {Map<number, any>} incidents open ones, and the last that closed
 * @property {Map<number, any>} alerts those that have no incident yet
 * @property {Map<number, number>} home alert → incident
 * @property {Map<number, Fact[]>} early facts about an incident that is not known yet
 * @property {Map<number, {state: string, since: string}>} cameras what changed since the cameras were read
 * @property {Map<number, any>} signals of software, that nobody has answered
 * @property {Map<number, number>} signalHome signal → incident
 * @property {any[]} tests
 */

/** @returns {State} */
export const empty = () => ({
  last: 0, floor: 0, recent: new Map(), incidents: new Map(), alerts: new Map(),
  home: new Map(), early: new Map(), cameras: new Map(), signals: new Map(), signalHome: new Map(), tests: [],
});

/** @param {any} snapshot @returns {State} */
export function fromSnapshot(snapshot) {
  const state = empty();
  state.last = state.floor = snapshot.last ?? 0;
  for (const given of [...(snapshot.incidents ?? []), ...(snapshot.closed ?? [])]) {
    const incident = {
      orders: [], left_out: [], alert_ids: [], presses: 1, alerts: 1, calls: {}, cancelled: false, escalated: false, ...given, marks: {},
    };
    state.incidents.set(incident.incident_id, incident);
    for (const alertId of incident.alert_ids) state.home.set(alertId, incident.incident_id);
  }
  for (const alert of snapshot.alerts ?? []) state.alerts.set(alert.alert_id, { ...CALL, ...alert });
  for (const signal of snapshot.signals ?? []) state.signals.set(signal.signal_id, signalRow(signal));
  return state;
}

/**
 * A new snapshot over what was known: facts that are younger than the snapshot are laid over it again.
 * @param {State} state
 * @param {any} snapshot
 * @returns {State}
 */
export function rebase(state, snapshot) {
  const fresh = fromSnapshot(snapshot);
  fresh.cameras = state.cameras;
  fresh.tests = state.tests;
  fresh.signalHome = state.signalHome;
  const younger = [...state.recent.values()].filter((fact) => fact.id > fresh.last);
  return reduce(fresh, younger).state;
}

/**
 * @param {State} before
 * @param {Fact[]} facts
 * @returns {{state: State, fresh: Fact[]}} `fresh`: those that had not been counted before
 */
export function reduce(before, facts) {
  const fresh = [];
  const state = {
    ...before, recent: new Map(before.recent), incidents: new Map(before.incidents), alerts: new Map(before.alerts),
    home: new Map(before.home), early: new Map(before.early), cameras: new Map(before.cameras),
    signals: new Map(before.signals), signalHome: new Map(before.signalHome),
  };
  for (const fact of facts) {
    if (fact.id <= state.floor || state.recent.has(fact.id)) continue;
    state.recent.set(fact.id, fact);
    state.last = Math.max(state.last, fact.id);
    fresh.push(fact);
    count(state, fact);
  }
  forget(state);
  return { state, fresh };
}

/** @param {State} state @param {Fact} fact */
function count(state, fact) {
  const incidentId = fact.data?.incident_id ?? idIn(fact.data?.cause, "incident");
  if (incidentId && fact.kind !== "incidents.opened" && !state.incidents.has(incidentId)) {
    state.early.set(incidentId, [...(state.early.get(incidentId) ?? []), fact]);
    return;
  }
  CHANGES[fact.kind]?.(state, fact);
  if (fact.kind !== "incidents.opened") return;
  const early = (state.early.get(incidentId) ?? []).sort((a, b) => a.id - b.id);
  state.early.delete(incidentId);
  for (const one of early) CHANGES[one.kind]?.(state, one);
}

/** @param {State} state */
function forget(state) {
  if (state.recent.size <= REMEMBERED) return;
  const ids = [...state.recent.keys()].sort((a, b) => a - b).slice(0, state.recent.size - REMEMBERED);
  for (const id of ids) state.recent.delete(id);
  state.floor = Math.max(state.floor, ids[ids.length - 1]);
}

/** @param {any} incident */
export const isClosed = (incident) => incident.state === "closed";

/** Nobody has taken it: it rings. A holder may have no workstation, never no id. @param {any} row incident or alert */
export const isWaiting = (row) => !row.taken_user_id && !row.closed_at && row.state !== "closed";

/** Nobody took it in time: the whole room hears it, until somebody does. @param {any} row incident or alert */
export const isUnanswered = (row) => row.escalated && isWaiting(row);
