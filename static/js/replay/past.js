/** The map at any moment of the minutes that are known: crews, incidents, where cameras looked. Pure. */

import { turn } from "../map/geo.js";

export const CHUNK_MS = 5 * 60_000;
/** Law P-04: grey after a minute without a position, gone after five. */
const LOST_MS = 5 * 60_000;
/** Between two points farther apart than this a crew was not heard: it stays where it was last, and turns grey. */
const HOLE_MS = 60_000;

/** @typedef {[number, number, number, number | null]} Point ms, latitude, longitude, heading */
/** @typedef {{id: number, label: string, kind: string, points: Point[]}} Track */

/** The last of rows that begin with a moment at or before this one, or -1. @param {[number][]} rows @param {number} at */
export function lastBefore(rows, at) {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (rows[middle][0] <= at) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

/** Where one crew was, or null: not seen yet, or for five minutes no more. @param {Track} track @param {number} at */
export function placeOf({ id, label, kind, points }, at) {
  const number = lastBefore(points, at);
  if (number < 0 || at - points[number][0] > LOST_MS) return null;
  const [since, lat, lon, heading] = points[number];
  const next = points[number + 1];
  const unit = { id, label, kind, lat, lon, heading, at: new Date(since).toISOString() };
  if (!next || next[0] - since > HOLE_MS) return unit;
  const part = (at - since) / (next[0] - since);
  const turned = heading === null || next[3] === null ? heading : (heading + turn(heading, next[3]) * part + 360) % 360;
  // Between two points it was heard: its age is nothing.
  return { ...unit, lat: lat + (next[1] - lat) * part, lon: lon + (next[2] - lon) * part, heading: turned, at: new Date(at).toISOString() };
}

/** The incidents open at that moment, as they stood. @param {any[]} incidents @param {number} at */
export function openAt(incidents, at) {
  return incidents
    .filter((one) => Date.parse(one.opened_at) <= at && !(Date.parse(one.closed_at) <= at))
    .map((one) => ({ ...one, closed_at: null, taken_at: Date.parse(one.taken_at) <= at ? one.taken_at : null }));
}

/** Where each camera looked. @param {any[]} eyes @param {number} at */
export function eyesAt(eyes, at) {
  return eyes.map(({ views, ...eye }) => {
    const [, bearing, opening, reach] = views[Math.max(0, lastBefore(views, at))];
    return { ...eye, bearing, opening, reach };
  });
}

/** Minutes known so far, asked for in spans of five. */
export class Past {
  /** @param {(from: number, to: number) => Promise<any>} ask @param {[number, number]} granted ms */
  constructor(ask, granted) {
    Object.assign(this, { ask, granted });
    /** @type {Map<number, any>} */
    this.spans = new Map();
    this.failed = "";
  }

  /** What is known of this moment; asks for it, and for what comes next, when it is not. @param {number} at */
  at(at) {
    const number = Math.floor(at / CHUNK_MS);
    for (const one of [number, number + 1]) this.fetch(one);
    const span = this.spans.get(number);
    return span?.units ? { units: span.units.map((track) => placeOf(track, at)).filter(Boolean), incidents: openAt(span.incidents, at), eyes: eyesAt(span.eyes, at) } : null;
  }

  /** @param {number} number */
  async fetch(number) {
    const from = Math.max(this.granted[0], number * CHUNK_MS);
    const to = Math.min(this.granted[1], (number + 1) * CHUNK_MS);
    if (this.spans.has(number) || from >= to || this.failed) return;
    this.spans.set(number, {});
    try {
      this.spans.set(number, await this.ask(from, to));
    } catch (error) {
      this.spans.delete(number);
      this.failed = error.message;
    }
  }
}
