/** Numbers, times and places written the way the page's language writes them. */
import { fill, gettext } from "./words.js";

const page = globalThis.document?.documentElement;
const language = page?.lang || "en";
const timeZone = page?.dataset?.timeZone || undefined;

const clockFormat = new Intl.DateTimeFormat(language, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone,
});
const shortFormat = new Intl.DateTimeFormat(language, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
});
const dayFormat = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short", timeZone });
const dateFormat = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone });
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param {number | string | null | undefined} at milliseconds or ISO */
const moment = (at) => (typeof at === "number" ? at : Date.parse(at ?? ""));

/** 14:03:07, or a dash when there is no time to tell. */
export const time = (at) => (Number.isFinite(moment(at)) ? clockFormat.format(moment(at)) : "—");
/** 14:03 */
export const shortTime = (at) => (Number.isFinite(moment(at)) ? shortFormat.format(moment(at)) : "—");
/** 22/11/2026 14:03 */
export const day = (at) => dayFormat.format(moment(at));
export const date = (at) => dateFormat.format(moment(at));
/** @param {number} n */
export const number = (n) => whole.format(n);

/**
 * How long: 0:34, 11:05, 1 h 12, 3 d. Never negative: two clocks may differ by a little.
 * @param {number} seconds
 */
export function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 3600) return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  if (s < 86400) {
    return fill(gettext("%(hours)s h %(minutes)s"), {
      hours: Math.floor(s / 3600), minutes: String(Math.floor((s % 3600) / 60)).padStart(2, "0"),
    });
  }
  return fill(gettext("%(days)s d"), { days: Math.floor(s / 86400) });
}

/** 61.3 @param {number} n */
export const tenths = (n) => tenth.format(n);

/** 12 ms below a tenth of a second, 0.4 s above. @param {number} ms */
export const delay = (ms) =>
  ms < 95
    ? fill(gettext("%(n)s ms"), { n: whole.format(Math.max(1, ms)) })
    : fill(gettext("%(n)s s"), { n: tenth.format(ms / 1000) });

/** 38 m, 1.2 km. @param {number} metres */
export const metres = (metres_) =>
  metres_ < 1000
    ? fill(gettext("%(n)s m"), { n: whole.format(metres_) })
    : fill(gettext("%(n)s km"), { n: tenth.format(metres_ / 1000) });

/** @param {number} n */
export const density = (n) => fill(gettext("%(n)s px/m"), { n: whole.format(n) });

/** Bearing as the eye reads it: 312° NW. @param {number} degrees */
export function bearing(degrees) {
  const winds = [
    gettext("N"), gettext("NE"), gettext("E"), gettext("SE"),
    gettext("S"), gettext("SW"), gettext("W"), gettext("NW"),
  ];
  const turn = ((degrees % 360) + 360) % 360;
  return `${whole.format(turn)}° ${winds[Math.round(turn / 45) % 8]}`;
}

/** What the picture lets one do at that density (EN 62676-4). */
export function band(code) {
  return {
    identify: gettext("identify"), recognise: gettext("recognise"), observe: gettext("observe"),
    detect: gettext("detect"), monitor: gettext("monitor"),
  }[code] ?? code ?? "";
}
