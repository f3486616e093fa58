/** What each priority sounds like, and which of them should sound now. Pure: sounds.js plays it. */
import { isWaiting } from "./store.js";

/**
 * The number of notes is the priority's urgency: three rising for 1 (come now), two for 2 (next), one low for 3 (know).
 * @type {Record<number, {notes: {hz: number, at: number, lasts: number, gain: number}[], every: number}>}
 */
export const PATTERNS = {
  1: {
    notes: [
      { hz: 784, at: 0, lasts: 0.16, gain: 1 },
      { hz: 988, at: 0.18, lasts: 0.16, gain: 1 },
      { hz: 1319, at: 0.36, lasts: 0.34, gain: 1 },
    ],
    every: 3,
  },
  2: {
    notes: [
      { hz: 659, at: 0, lasts: 0.2, gain: 0.8 },
      { hz: 523, at: 0.26, lasts: 0.3, gain: 0.8 },
    ],
    every: 8,
  },
  3: { notes: [{ hz: 392, at: 0, lasts: 0.4, gain: 0.6 }], every: 30 },
};

/** An exercise says so first: one low short note, then the pattern. */
const EXERCISE_NOTE = { hz: 196, at: 0, lasts: 0.18, gain: 0.6 };

/** @param {number} priority @param {boolean} exercise */
export function pattern(priority, exercise) {
  const { notes, every } = PATTERNS[priority] ?? PATTERNS[3];
  if (!exercise) return { notes, every };
  return { notes: [EXERCISE_NOTE, ...notes.map((note) => ({ ...note, at: note.at + 0.3 }))], every };
}

/**
 * The one pattern to play: of the most urgent thing nobody has taken, a real one before an exercise; null is silence.
 * @param {import("./store.js").State} state
 * @returns {{priority: number, exercise: boolean, count: number} | null}
 */
export function calling(state) {
  let best = null;
  let count = 0;
  const consider = (row) => {
    if (!isWaiting(row)) return;
    count += 1;
    const here = row.priority + (row.exercise ? 0.5 : 0);
    if (best === null || here < best.rank) best = { rank: here, priority: row.priority, exercise: Boolean(row.exercise) };
  };
  for (const row of state.incidents.values()) consider(row);
  for (const row of state.alerts.values()) consider(row);
  return best && { priority: best.priority, exercise: best.exercise, count };
}

/**
 * When the next round of a pattern starts.
 * @param {{priority: number, exercise: boolean} | null} before what was calling
 * @param {{priority: number, exercise: boolean} | null} now
 * @param {number | null} playedAt seconds; when the last round started
 * @param {number} at seconds; the present
 * @returns {number | null} null: silence
 */
export function nextRound(before, now, playedAt, at) {
  if (!now) return null;
  const same = before && before.priority === now.priority && before.exercise === now.exercise;
  if (!same || playedAt === null) return at;
  return Math.max(at, playedAt + pattern(now.priority, now.exercise).every);
}
