/** What the link to the log is worth, as a machine without sockets: link.js carries out what it says. */

export const PING_EVERY = 2000;
export const LATE_AFTER = 2700;
export const DEAD_AFTER = 6000;
export const POLL_AFTER = 4000;
export const POLL_EVERY = 2000;
export const SLOW = 1500;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;

/** Codes that trying again cannot mend. */
export const FINAL = { 4401: "signed-out", 4403: "forbidden" };

/**
 * @typedef {object} Link
 * @property {"connecting" | "open" | "waiting" | "ended"} phase
 * @property {string | null} ended why it will not be tried again
 * @property {number} attempts failures since the last open socket
 * @property {number | null} lostSince when the socket was last good
 * @property {number} heardAt last sign of life on the socket
 * @property {number | null} latency last measured round trip, ms
 * @property {number | null} retryAt
 * @property {number | null} polledAt last snapshot had by polling
 * @property {number | null} pollDueAt
 */

/** @param {number} now @returns {Link} */
export const start = (now) => ({
  phase: "connecting", ended: null, attempts: 0, lostSince: now, heardAt: now,
  latency: null, retryAt: null, polledAt: null, pollDueAt: null,
});

/**
 * Exponential, capped, and spread so that thirty consoles do not come back in the same instant.
 * @param {number} attempts
 * @param {number} random 0..1
 */
export const backOff = (attempts, random) =>
  Math.round(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempts, 10)) * (0.5 + random / 2));

/** @param {Link} link @param {number} now @returns {Link} */
export const opened = (link, now) => ({ ...link, phase: "open", heardAt: now, retryAt: null });

/** Any frame is a sign of life; the first one ends the outage. @param {Link} link @param {number} now @returns {Link} */
export const heard = (link, now) => ({
  ...link, phase: "open", heardAt: now, attempts: 0, lostSince: null, polledAt: null, pollDueAt: null,
});

/** @param {Link} link @param {number} sentAt @param {number} now @returns {Link} */
export const ponged = (link, sentAt, now) => ({ ...heard(link, now), latency: now - sentAt });

/**
 * @param {Link} link
 * @param {number} code WebSocket close code
 * @param {number} now
 * @param {number} random
 * @returns {Link}
 */
export function closed(link, code, now, random) {
  if (link.phase === "ended") return link;
  const lostSince = link.lostSince ?? link.heardAt;
  if (FINAL[code]) return { ...link, phase: "ended", ended: FINAL[code], lostSince, retryAt: null, latency: null };
  return {
    ...link, phase: "waiting", lostSince, latency: null,
    attempts: link.attempts + 1, retryAt: now + backOff(link.attempts, random),
  };
}

/** @param {Link} link @param {number} now @returns {Link} */
export const polled = (link, now) => ({ ...link, polledAt: now });

/**
 * What is due now. "reopen" also covers a socket that is open for the browser but has been silent too long.
 * @param {Link} link
 * @param {number} now
 * @returns {{link: Link, connect: boolean, drop: boolean, poll: boolean}}
 */
export function due(link, now) {
  const nothing = { link, connect: false, drop: false, poll: false };
  if (link.phase === "ended") return nothing;
  if (link.phase === "open" && now - link.heardAt > DEAD_AFTER) return { ...nothing, drop: true };
  let next = link;
  let connect = false;
  if (link.phase === "waiting" && now >= (link.retryAt ?? 0)) {
    connect = true;
    next = { ...next, phase: "connecting", retryAt: null };
  }
  const out = next.lostSince !== null && now - next.lostSince > POLL_AFTER;
  const poll = out && now >= (next.pollDueAt ?? 0);
  if (poll) next = { ...next, pollDueAt: now + POLL_EVERY };
  return { link: next, connect, drop: false, poll };
}

/**
 * What the bar says.
 * @param {Link} link
 * @param {number} now
 * @returns {{name: "connecting"|"live"|"late"|"lost"|"polling"|"signed-out"|"forbidden",
 *            latency: number | null, since: number | null, retryIn: number | null}}
 */
export function view(link, now) {
  const facts = { latency: link.latency, since: link.lostSince, retryIn: null };
  if (link.ended) return { ...facts, name: /** @type {any} */ (link.ended) };
  if (link.phase === "open" && link.lostSince === null) {
    const silent = now - link.heardAt;
    if (silent > LATE_AFTER) return { ...facts, name: "late", latency: silent, since: link.heardAt };
    return { ...facts, name: (link.latency ?? 0) > SLOW ? "late" : "live" };
  }
  if (link.polledAt !== null && now - link.polledAt < POLL_EVERY * 2.5) return { ...facts, name: "polling" };
  const down = link.lostSince === null ? 0 : now - link.lostSince;
  if (link.attempts === 0 && down < LATE_AFTER) return { ...facts, name: "connecting" };
  return { ...facts, name: "lost", retryIn: link.retryAt === null ? 0 : Math.max(0, link.retryAt - now) };
}
