/** An arrangement of cameras in tiles, and what can be done to it. Pure. */

/** @typedef {import("./hanging.js").Cell} Cell */

export const SIZES = [1, 4, 9, 16];

/** @param {number} size @returns {Cell[]} */
export const blank = (size) => Array(size).fill(null);

/** Fewer tiles: what stood behind moves into free ones before it is left out. @param {Cell[]} cells @param {number} size */
export function resize(cells, size) {
  const kept = [...cells.slice(0, size), ...blank(Math.max(0, size - cells.length))];
  for (const cell of cells.slice(size)) {
    const free = kept.indexOf(null);
    if (cell && free >= 0) kept[free] = cell;
  }
  return kept;
}

/**
 * A camera has one tile: put into another, it leaves the one it had. Without a place it takes the first free one.
 * @param {Cell[]} cells @param {string} code @param {number} [place]
 * @returns {Cell[] | null} null: there is no such tile, or none is free
 */
export function put(cells, code, place = undefined) {
  const had = cells.findIndex((cell) => cell?.camera === code);
  if (place === undefined && had >= 0) return cells;
  const at = place ?? cells.indexOf(null);
  if (at < 0 || at >= cells.length) return null;
  if (had >= 0) return swap(cells, had, at);
  return cells.with(at, { camera: code, live: false });
}

/** @param {Cell[]} cells @param {number} tour @returns {Cell[] | null} a tour stands in as many tiles as it is put into */
export function putTour(cells, tour) {
  const at = cells.indexOf(null);
  return at < 0 ? null : cells.with(at, { tour });
}

/** @param {Cell[]} cells @param {number} a @param {number} b */
export const swap = (cells, a, b) => cells.with(a, cells[b]).with(b, cells[a]);

/** @param {Cell[]} cells @param {number} place */
export const remove = (cells, place) => cells.with(place, null);

/** Whether it stays live while nothing moves. @param {Cell[]} cells @param {number} place */
export const turnLive = (cells, place) => {
  const cell = cells[place];
  return cell?.camera ? cells.with(place, { ...cell, live: !cell.live }) : cells;
};

/** The tile beside, or the same at the edge. @param {number} place @param {string} key of an arrow @param {number} size */
export function beside(place, key, size) {
  const side = Math.sqrt(size);
  const [row, column] = [Math.floor(place / side), place % side];
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
  if (!step) return place;
  const [r, c] = [row + step[0], column + step[1]];
  return r < 0 || c < 0 || r >= side || c >= side ? place : r * side + c;
}

/** Stops of a tour from the cameras in tiles, so many at a time. @param {Cell[]} cells @param {number} together @param {number} seconds */
export function stops(cells, together, seconds) {
  const codes = cells.flatMap((cell) => cell?.camera ?? []);
  return codes.flatMap((_, n) => (n % together ? [] : [{ cameras: codes.slice(n, n + together), seconds }]));
}
