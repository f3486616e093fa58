import { distance, turn } from './geo.js';

/** @typedef {{id: number|string, label: string, kind: string, lat: number, lon: number, heading: number|null, at: string}} Unit */
/** @typedef {{unit: Unit, lon: number, lat: number, heading: number, stale: boolean}} Placed */

/** Positions older than this are grey (law P-04). */
export const STALE_MS = 60_000;
/** A longer step than this in one message is a jump, not a drive: it is not animated. */
const JUMP_M = 400;

/**
 * Moves each unit from where it is drawn to where it was last reported, over one second.
 * A report in the middle of a move starts from the place drawn, so nothing ever leaps back.
 */
export class Motion {
  /** @param {{duration?: number, still?: boolean}} [options] still: no animation at all */
  constructor({ duration = 1000, still = false } = {}) {
    this.duration = still ? 0 : duration;
    /** @type {Map<Unit["id"], {unit: Unit, from: number[], to: number[], since: number}>} */
    this.moves = new Map();
  }

  /**
   * Takes the whole list of units; those not in it disappear.
   * @param {Unit[]} units
   * @param {number} now milliseconds
   */
  set(units, now) {
    const seen = new Set(units.map((unit) => unit.id));
    for (const id of this.moves.keys()) if (!seen.has(id)) this.moves.delete(id);
    for (const unit of units) this.#aim(unit, now);
  }

  #aim(unit, now) {
    const before = this.moves.get(unit.id);
    const heading = unit.heading ?? before?.to[2] ?? 0;
    const to = [unit.lon, unit.lat, heading];
    let from = to;
    if (before) {
      const drawn = this.#at(before, now);
      if (distance([drawn[0], drawn[1]], [to[0], to[1]]) < JUMP_M) from = drawn;
    }
    this.moves.set(unit.id, { unit, from, to, since: now });
  }

  #at({ from, to, since }, now) {
    const t = this.duration ? Math.min(1, Math.max(0, (now - since) / this.duration)) : 1;
    if (t === 1) return to;
    return [
      from[0] + (to[0] - from[0]) * t,
      from[1] + (to[1] - from[1]) * t,
      (from[2] + turn(from[2], to[2]) * t + 360) % 360,
    ];
  }

  /**
   * Whether any of these units still has way to go.
   * @param {number} now
   * @param {Iterable<Unit["id"]>} [among] all of them when left out
   */
  moving(now, among = this.moves.keys()) {
    for (const id of among) {
      const { from, to, since } = this.moves.get(id) ?? { from: null, to: null };
      if (from !== to && now - since < this.duration && from.some((v, i) => v !== to[i])) return true;
    }
    return false;
  }

  /**
   * @param {number} now the clock the moves run on, milliseconds
   * @param {number} [wall] the time of day, milliseconds, to judge ages
   * @returns {Placed[]}
   */
  placed(now, wall = Date.now()) {
    return [...this.moves.values()].map((move) => {
      const [lon, lat, heading] = this.#at(move, now);
      return { unit: move.unit, lon, lat, heading, stale: wall - Date.parse(move.unit.at) > STALE_MS };
    });
  }
}
