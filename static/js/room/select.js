/** May a new alert take the operator's eyes? Pure: the one rule, in one place. */

import { cards } from "./order.js";
import { isWaiting } from "./store.js";

export const IDLE_AFTER = 60_000;

/**
 * Only a new priority 1 comes forward by itself, and only to somebody who is not working on something:
 * nothing selected, or what is selected is closed, or not touched for a minute; and the map is not held by a gesture.
 * @param {object} now
 * @param {number} now.priority of the new card
 * @param {any | null} now.selected the selected incident or alert
 * @param {number} now.untouchedFor milliseconds since it was selected, or since the operator's last act or key
 * @param {boolean} now.viewLocked
 * @param {boolean} now.writing a note is being written
 * @returns {boolean}
 */
export function comesForward({ priority, selected, untouchedFor, viewLocked, writing }) {
  if (priority !== 1 || viewLocked || writing) return false;
  if (selected === null || selected.closed_at) return true;
  return untouchedFor >= IDLE_AFTER;
}

/** What I had in hand when the page was read anew. @param {import("./store.js").State} state @param {number} me */
export function inMyHands(state, me) {
  const { real, exercise } = cards(state);
  return [...real, ...exercise].find((card) => card.row.taken_user_id === me && !card.row.closed_at);
}

/** What already calls when the room opens: the first priority 1 nobody has taken. @param {import("./store.js").State} state */
export function callsAlready(state) {
  const { real, exercise } = cards(state);
  return [...real, ...exercise].find((card) => card.priority === 1 && isWaiting(card.row));
}
