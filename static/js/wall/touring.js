/** Where each tour of a wall stands. It holds while an alert has one of its places, and goes on from there (W-05). Pure. */

/**
 * `visit` counts the stops begun: each is a consultation of its own. `left`: ms of this stop; `seen`: when last looked.
 * @typedef {{at: number, visit: number, left: number, seen: number, held: boolean}} Run
 */

const lasts = (tour, at) => (tour.stops[at]?.seconds ?? 10) * 1000;

/** @param {import("./hanging.js").Tour} tour @param {number} now @returns {Run} */
export const begin = (tour, now) => ({ at: 0, visit: 1, left: lasts(tour, 0), seen: now, held: false });

/**
 * @param {Run | undefined} run
 * @param {import("./hanging.js").Tour} tour
 * @param {{now: number, held: boolean}} how
 * @returns {Run}
 */
export function advance(run, tour, { now, held }) {
  if (!run || run.at >= tour.stops.length) return { ...begin(tour, now), visit: (run?.visit ?? 0) + 1, held };
  // The stop it was held at is seen again in full: whoever looks did not see it.
  if (run.held && !held) return { ...run, visit: run.visit + 1, left: lasts(tour, run.at), seen: now, held };
  if (held) return { ...run, seen: now, held };
  const left = run.left - (now - run.seen);
  if (left > 0 || tour.stops.length === 1) return { ...run, left, seen: now };
  const at = (run.at + 1) % tour.stops.length;
  return { at, visit: run.visit + 1, left: lasts(tour, at), seen: now, held };
}

/**
 * Which camera of a stop stands in which of its tour's places: the first in the first.
 * @param {import("./hanging.js").Hanging} hanging @param {number} place
 * @returns {number} how many places of the same tour come before
 */
export const turn = ({ cells }, place) => {
  const { tour } = cells[place] ?? {};
  return cells.slice(0, place).filter((cell) => cell?.tour === tour).length;
};
