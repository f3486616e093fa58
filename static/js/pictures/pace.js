/**
 * How a live picture keeps up: at a set distance behind what comes, the shortest at which it would not have run dry in
 * the last seconds; a little faster or slower to get there, a jump when it is far behind. Pure.
 */

/** Held back beyond what the last seconds needed. */
const GUARD = 0.06;
const REMEMBERS = 8000;
/** A line more uneven than that stops now and then rather than being shown that late. */
const MOST_UNEVEN = 1.2;
const FAR = 1;
/** At first it jumps where it would later run: nobody looks yet. */
const SETTLES = 1500;
/** What comes at once when a look begins is the group of pictures under way: as late as it is by design. */
const OPENING = 300;
const NEAR = 0.04;
const PULL = 0.5;
const SLOWEST = 0.94;
const FASTEST = 1.15;

/**
 * What is kept between two looks. `since`: when the first fragment came (monotonic ms); `lasts`: seconds of a fragment;
 * `late`: of the fragments of the last seconds, when each was there, against its own end on the media clock.
 * @typedef {{since: number | null, lasts: number, late: {now: number, by: number}[], rate: number}} Pace
 */

/** @returns {Pace} */
export const start = () => ({ since: null, lasts: 0.25, late: [], rate: 1 });

/** A fragment is there. @param {Pace} pace @param {{lasts: number, end: number, now: number}} came seconds; media seconds of its end; ms */
export function heard(pace, { lasts, end, now }) {
  const since = pace.since ?? now;
  const fresh = { now, by: now / 1000 - end };
  const late = now - since < OPENING ? [fresh] : [...pace.late.filter((one) => now - one.now < REMEMBERS), fresh];
  return { ...pace, since, late, lasts: lasts > 0 && lasts < 5 ? Math.max(lasts, pace.lasts * 0.9) : pace.lasts };
}

/** How far behind the media clock of what comes it is to be. @param {Pace} pace */
function wanted({ late, lasts }) {
  const by = late.map((one) => one.by);
  return Math.min(Math.max(...by), Math.min(...by) + MOST_UNEVEN) + lasts + GUARD;
}

/**
 * @param {Pace} pace
 * @param {{at: number, now: number}} seen media seconds of the picture shown; monotonic ms
 * @returns {{pace: Pace, rate: number, jumpTo: number | null}} jumpTo: media seconds
 */
export function keepUp(pace, { at, now }) {
  if (pace.late.length === 0) return { pace, rate: 1, jumpTo: null };
  const target = now / 1000 - wanted(pace);
  const behind = target - at;
  const settling = now - (pace.since ?? now) < SETTLES;
  if (behind > (settling ? NEAR * 3 : FAR)) return { pace: { ...pace, rate: 1 }, rate: 1, jumpTo: target };
  const pulled = Math.abs(behind) < NEAR ? 1 : Math.min(FASTEST, Math.max(SLOWEST, 1 + behind * PULL));
  // Told in steps: each change costs the browser something.
  const rate = Math.round(pulled * 50) / 50;
  return { pace: { ...pace, rate }, rate, jumpTo: null };
}

/** Pauses between two tries, longer and longer, scattered. @param {number} tries @param {number} random 0..1 */
export const pause = (tries, random) => Math.min(500 * 2 ** tries, 15_000) * (0.75 + random / 2);
