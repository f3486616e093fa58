/** What hangs on this room's wall, and who stands in which of its places. Pure. */

/**
 * @typedef {{camera?: string, live?: boolean, tour?: number} | null} Cell null: a free place, a spot for alerts
 * @typedef {{id: number, name: string, purpose: string, stops: {cameras: string[], seconds: number}[], hours?: import("./hours.js").Hours[]}} Tour
 * @typedef {{room: string, name: string, size: number, cells: Cell[], tours: Tour[], names: Record<string, string>, given_back: number[]}} Hanging
 */

/** @param {string} room @returns {Hanging} the wall follows the alerts alone */
export const nothing = (room) => ({ room, name: "", size: 0, cells: [], tours: [], names: {}, given_back: [] });

/** @param {Hanging} now @param {{kind: string, data: any}} fact @returns {Hanging} */
export function told(now, { kind, data }) {
  if (data.room !== now.room) return now;
  if (kind === "console.wall_pushed") return { ...now, ...data };
  if (kind === "console.wall_given_back") return { ...now, given_back: [...now.given_back, data.incident_id] };
  if (kind === "console.tour_removed") {
    return {
      ...now, tours: now.tours.filter(({ id }) => id !== data.tour_id),
      cells: now.cells.map((cell) => (cell?.tour === data.tour_id ? null : cell)),
    };
  }
  if (kind === "console.tour_saved" && now.tours.some(({ id }) => id === data.tour_id)) {
    const saved = { id: data.tour_id, name: data.name, purpose: data.purpose, stops: data.stops, hours: data.hours };
    return { ...now, names: { ...now.names, ...data.names }, tours: now.tours.map((tour) => (tour.id === saved.id ? saved : tour)) };
  }
  return now;
}

/**
 * Places an alert may take, in this order: free ones, then those of tours. What somebody placed is never taken.
 * @param {Hanging} hanging @returns {number[]}
 */
export const open = ({ cells }) => [
  ...cells.flatMap((cell, place) => (cell === null ? [place] : [])),
  ...cells.flatMap((cell, place) => (cell?.tour ? [place] : [])),
];

/**
 * Who stands where: what stands already stays, what is new takes the first place left. Nothing moves under anybody's eyes.
 * @param {{key: string}[]} wanted most urgent first
 * @param {number[]} places open ones
 * @param {Map<string, number>} before place by key
 * @returns {Map<string, number>}
 */
export function seats(wanted, places, before) {
  /** @type {Map<string, number>} */
  const seated = new Map();
  const left = new Set(places);
  const take = (key, place) => left.delete(place) && seated.set(key, place);
  const chosen = wanted.slice(0, places.length);
  for (const { key } of chosen) if (before.has(key)) take(key, before.get(key));
  for (const { key } of chosen) if (!seated.has(key)) take(key, [...left][0]);
  return seated;
}

/** @param {import("../room/store.js").State} state @param {Hanging} hanging without the incidents whose tiles were given back */
export function without(state, { given_back: back }) {
  if (back.length === 0) return state;
  const gone = new Set(back);
  return { ...state, incidents: new Map([...state.incidents].filter(([id]) => !gone.has(id))) };
}
