/** What is said of who steers, for how long, and of what went wrong. */
import { age, delay } from "../room/format.js";
import { because } from "../room/reasons.js";
import { fill, gettext } from "../room/words.js";

const KINDS = () => ({ alarm: gettext("alarm"), tour: gettext("tour") });

/** Seconds left, never below zero. @param {string} until @param {number} now */
export const left = (until, now) => Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));

/** "alarm · 1:26", "Poste 3 · 0:48", "me · 1:12" @param {import("./holds.js").Hold} hold @param {string} me @param {number} now */
export function short(hold, me, now) {
  const who = hold.holder === me ? gettext("me") : hold.by_hand ? hold.by : KINDS()[hold.kind] ?? hold.by;
  return `${who} · ${age(left(hold.until, now))}`;
}

/** In a sentence, for the large picture. @param {import("./holds.js").Hold | null} hold @param {string} me @param {number} now */
export function sentence(hold, me, now) {
  if (!hold) return gettext("Nobody steers it. Move it and it is yours.");
  const values = { who: hold.by, left: age(left(hold.until, now)) };
  if (hold.holder === me) return fill(gettext("You steer it, for %(left)s without a move."), values);
  if (hold.kind === "alarm" && !hold.by_hand) return fill(gettext("Turned for the alarm %(who)s, %(left)s more."), values);
  if (hold.kind === "tour") return fill(gettext("The tour %(who)s shows it. Move it and it is yours."), values);
  return fill(gettext("%(who)s steers it, %(left)s more."), values);
}

/** "hand to eye 0.4 s: 60 ms to the camera, 0.3 s for the picture" @param {number} moved @param {number | null} picture */
export function loop(moved, picture) {
  if (picture === null) return fill(gettext("%(ms)s to the camera"), { ms: delay(moved) });
  return fill(gettext("hand to eye %(all)s: %(ms)s to the camera, %(picture)s for the picture"), {
    all: delay(moved + picture), ms: delay(moved), picture: delay(picture),
  });
}

/** To whom the camera went, when it was this seat's. @param {import("./holds.js").Hold} lock */
export const taken = (lock) =>
  fill(gettext("%(camera)s: %(who)s steers it now – %(why)s"), { camera: lock.code, who: lock.by, why: because(lock) });

export const asked = (request, now) =>
  fill(gettext("%(who)s asks for %(camera)s: given in %(left)s without an answer"), {
    who: request.by, camera: request.code, left: age(left(request.lapses_at, now)),
  });

export const waits = (request, now) =>
  fill(gettext("Asked. Yours in %(left)s at the latest."), { left: age(left(request.lapses_at, now)) });
