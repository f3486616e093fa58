/** How a live picture keeps up: a little faster when it is behind, a jump when it is far behind. Pure. */

const FIRST_MARGIN = 0.12;
const MOST_MARGIN = 0.8;
const STEP = 0.1;
const CALMS_EVERY = 20_000;
const FAR = 1.5;
const SLACK = 0.25;
const FASTER = 1.08;

/**
 * What is kept between two looks. `lasts`: seconds of a fragment; `margin`: what is held back besides.
 * @typedef {{margin: number, lasts: number, dry: boolean, calmAt: number, rate: number}} Pace
 */

/** @returns {Pace} */
export const start = () => ({ margin: FIRST_MARGIN, lasts: 0.5, dry: false, calmAt: 0, rate: 1 });

/** A fragment came. @param {Pace} pace @param {number} seconds */
export const heard = (pace, seconds) => ({ ...pace, lasts: seconds > 0 && seconds < 5 ? Math.max(seconds, pace.lasts * 0.9) : pace.lasts });

/**
 * @param {Pace} pace
 * @param {{ahead: number, now: number}} seen seconds buffered ahead of the picture shown; monotonic ms
 * @returns {{pace: Pace, rate: number, jumpBack: number | null}} jumpBack: seconds before the end to jump to
 */
export function keepUp(pace, { ahead, now }) {
  const next = { ...pace };
  const dry = ahead < 0.02;
  if (dry && !pace.dry) {
    // It ran dry: the network is less even than thought.
    next.margin = Math.min(MOST_MARGIN, pace.margin + STEP);
    next.calmAt = now + CALMS_EVERY;
  } else if (!dry && now > pace.calmAt && pace.margin > FIRST_MARGIN) {
    next.margin = Math.max(FIRST_MARGIN, pace.margin - STEP / 2);
    next.calmAt = now + CALMS_EVERY;
  }
  next.dry = dry;
  const most = next.lasts + next.margin;
  if (ahead > most + FAR) return { pace: { ...next, rate: 1 }, rate: 1, jumpBack: most };
  if (ahead > most + SLACK) next.rate = FASTER;
  else if (ahead < most) next.rate = 1;
  return { pace: next, rate: next.rate, jumpBack: null };
}

/** Pauses between two tries, longer and longer, scattered. @param {number} tries @param {number} random 0..1 */
export const pause = (tries, random) => Math.min(500 * 2 ** tries, 15_000) * (0.75 + random / 2);
