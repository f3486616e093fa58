/** What each priority sounds like, and which of them should sound now. Pure: sounds.js plays it. */
import { isUnanswered, isWaiting } from "./store.js";

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

/** Nobody answered: the pattern comes twice in a row, with no quiet between the rounds worth the name. */
const AGAIN_AFTER = 0.15;
const INSISTS_AFTER = 0.6;

/** @param {number} priority @param {boolean} exercise @param {boolean} [insists] nobody took it in time */
export function pattern(priority, exercise, insists = false) {
  const known = PATTERNS[priority] ?? PATTERNS[3];
  const notes = insists ? twice(known.notes) : known.notes;
  const every = insists ? length(notes) + INSISTS_AFTER : known.every;
  if (!exercise) return { notes, every };
  return { notes: [EXERCISE_NOTE, ...notes.map((note) => ({ ...note, at: note.at + 0.3 }))], every: insists ? every + 0.3 : every };
}

const length = (notes) => notes.at(-1).at + notes.at(-1).lasts;
const twice = (notes) => [...notes, ...notes.map((note) => ({ ...note, at: note.at + length(notes) + AGAIN_AFTER }))];

/**
 * The one pattern to play: of the most urgent thing nobody has taken, a real one before an exercise; null is silence.
 * It insists when what it plays for was not answered in time.
 * @param {import("./store.js").State} state
 * @returns {{priority: number, exercise: boolean, insists: boolean, count: number} | null}
 */
export function calling(state) {
  let best = null;
  let count = 0;
  const consider = (row) => {
    if (!isWaiting(row)) return;
    count += 1;
    const exercise = Boolean(row.exercise);
    const insists = Boolean(isUnanswered(row));
    const rank = row.priority + (exercise ? 0.5 : 0) - (insists ? 0.25 : 0);
    if (best === null || rank < best.rank) best = { rank, priority: row.priority, exercise, insists };
  };
  for (const row of state.incidents.values()) consider(row);
  for (const row of state.alerts.values()) consider(row);
  return best && { priority: best.priority, exercise: best.exercise, insists: best.insists, count };
}

/**
 * When the next round of a pattern starts.
 * @param {ReturnType<typeof calling>} before what was calling
 * @param {ReturnType<typeof calling>} now
 * @param {number | null} playedAt seconds; when the last round started
 * @param {number} at seconds; the present
 * @returns {number | null} null: silence
 */
export function nextRound(before, now, playedAt, at) {
  if (!now) return null;
  const same = before && ["priority", "exercise", "insists"].every((name) => before[name] === now[name]);
  if (!same || playedAt === null) return at;
  return Math.max(at, playedAt + pattern(now.priority, now.exercise, now.insists).every);
}
