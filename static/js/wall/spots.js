/** Which tile shows what: the most urgent incidents first, each with its cameras. Pure. */
import { cards } from "../room/order.js";

export const SIZES = [1, 4, 9, 16];

/** @param {string | null} asked from the address @returns {number | null} null: let the wall choose */
export const sizeAsked = (asked) => (SIZES.includes(Number(asked)) ? Number(asked) : null);

/**
 * Every incident gets its first camera before any gets its second: with few tiles, no call is left without one.
 * @param {import("../room/store.js").State} state
 * @param {number} size
 * @returns {{key: string, incident: any, order: any | null}[]}
 */
export function spots(state, size) {
  const { real, exercise } = cards(state);
  const incidents = [...real, ...exercise].map((card) => ({ ...card.row, key: card.key, since: card.since }));
  const chosen = incidents.slice(0, size).map((incident) => ({ incident, count: Math.min(1, incident.orders?.length ?? 0) }));
  let left = size - chosen.length;
  for (let round = 1; left > 0 && round < 4; round += 1) {
    for (const one of chosen) {
      if (left > 0 && (one.incident.orders?.length ?? 0) > round) {
        one.count += 1;
        left -= 1;
      }
    }
  }
  return chosen.flatMap(({ incident, count }) => count === 0
    ? [{ key: incident.key, incident, order: null }]
    : incident.orders.slice(0, count).map((order) => ({ key: `${incident.key}-${order.order_id}`, incident, order })));
}

/** The smallest grid that shows every call's cameras. @param {import("../room/store.js").State} state */
export function sizeFor(state) {
  const { real, exercise } = cards(state);
  const wanted = [...real, ...exercise].reduce((sum, { row }) => sum + Math.max(1, Math.min(4, row.orders?.length ?? 0)), 0);
  return SIZES.find((size) => size >= Math.max(4, wanted)) ?? 16;
}
