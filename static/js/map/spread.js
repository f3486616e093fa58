/** What is at one place stands in a column there, in the order in which it came; a long one goes on beside itself. */

/** Nearer than this, two symbols hide each other; one row of a column is a little higher than the highest of them. */
const NEAR = 28;
const ROW = 36;
const ROWS = 8;

/**
 * @typedef {object} Spot
 * @property {number} id
 * @property {number} x where it is drawn
 * @property {number} y
 * @property {{x: number, y: number}} place where it is
 * @property {boolean} company whether another stands at its place
 */

/**
 * @param {{id: number, x: number, y: number}[]} places in the order in which they came: who is there does not move
 * @returns {Spot[]}
 */
export function spread(places) {
  /** @type {Spot[]} */
  const spots = [];
  for (const { id, x, y } of places) {
    const spot = { id, x, y, place: { x, y }, company: false };
    for (let near = over(spots, spot); near; near = over(spots, spot)) {
      near.company = spot.company = true;
      spot.y = near.y + ROW;
      if (spot.y - y > ROWS * ROW) Object.assign(spot, { x: spot.x + ROW, y });
    }
    spots.push(spot);
  }
  return spots;
}

const over = (spots, { x, y }) => spots.find((spot) => Math.abs(spot.x - x) < NEAR && Math.abs(spot.y - y) < NEAR);
