/** Signals of software: cards that ask for an answer. They wait beside the alerts, and never call again and again (L-23). */
import { gettext } from "./words.js";

/** @typedef {import("./store.js").State} State */
/** @typedef {import("./store.js").Fact} Fact */

/** What software thinks it saw, in the room's words. @param {string} code */
export const eventLabel = (code) => ({
  abandoned_object: gettext("Abandoned object"), zone_intrusion: gettext("Intrusion"), crowd_density: gettext("Crowd density"),
  people_grouping: gettext("People grouping"), crowd_movement: gettext("Crowd movement"), wrong_way: gettext("Wrong way"),
  person_down: gettext("Person on the ground"), fire_start: gettext("Start of a fire"),
}[code] ?? code);

/** A row of the queue, from a fact or from the snapshot. @param {any} given */
export const signalRow = (given) => ({
  folded: 0, state: "pending", ...given,
  nature: "signal", place_label: given.camera_name, title: eventLabel(given.event_type), received_at: given.raised_at,
});

/** @param {State} state @param {Fact} fact */
function signalled(state, { data }) {
  if (!state.signals.has(data.signal_id) && !state.signalHome.has(data.signal_id)) state.signals.set(data.signal_id, signalRow(data));
}

/** @param {State} state @param {Fact} fact */
function seenAgain(state, { data: { signal_id: id, folded, last_at, score } }) {
  const row = state.signals.get(id);
  if (row) state.signals.set(id, { ...row, folded: Math.max(row.folded, folded), last_at, score });
}

/** Its card stays until its incident takes its place. @param {State} state @param {Fact} fact */
function confirmed(state, { data: { signal_id: id } }) {
  const row = state.signals.get(id);
  if (row) state.signals.set(id, { ...row, state: "confirmed" });
}

/** @param {State} state @param {Fact} fact */
function dismissed(state, { data: { signal_id: id } }) {
  state.signals.delete(id);
}

/** The incident of a signal has come, or the one it joined. @param {State} state @param {number} signalId @param {number} incidentId */
export function signalGoesHome(state, signalId, incidentId) {
  state.signals.delete(signalId);
  state.signalHome.set(signalId, incidentId);
}

/** @type {Record<string, (state: State, fact: Fact) => void>} */
export const SIGNAL_CHANGES = {
  "detection.signalled": signalled,
  "detection.seen_again": seenAgain,
  "detection.confirmed": confirmed,
  "detection.dismissed": dismissed,
};

/** One short pair of soft notes, once for each card: it asks, it does not call. */
export const SIGNAL_NOTES = [
  { hz: 587, at: 0, lasts: 0.09, gain: 0.5 },
  { hz: 587, at: 0.14, lasts: 0.09, gain: 0.5 },
];
