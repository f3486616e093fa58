/** What a picture says of itself: why there is none, how old it is. */
import { age, delay, tenths, time } from "../room/format.js";
import { fill, gettext } from "../room/words.js";

const WHY = () => ({
  h265: gettext("This camera sends H.265, which this browser does not show. It is recorded all the same."),
  "transcodes-full": gettext("This camera sends H.265, and as many are transcoded as this machine may carry. It comes when another tile closes; it is recorded all the same."),
  "transcodes-none": gettext("This camera sends H.265, and this centre transcodes nothing. It is recorded all the same."),
  codec: gettext("This browser does not show how this camera codes its pictures. They are recorded all the same."),
  "camera-without-pictures": gettext("No pictures of this camera come to the centre."),
  locked: gettext("Screen locked: no picture."),
  "look-signed-out": gettext("Signed out: no picture."),
});

/** Why there is no picture at all. @param {{code: string, title?: string} | null} why */
export const whyNone = (why) => (why ? WHY()[why.code] ?? why.title ?? gettext("No picture.") : "");

/** What is special about this picture. @param {string} note */
export const noteOf = (note) => ({
  "h265-sub": gettext("Main stream is H.265: the sub-stream is shown"),
  transcoded: gettext("H.265, transcoded for this tile"),
})[note] ?? "";

/** "0.6 s" @param {number} ms */
export const delayOf = (ms) => delay(Math.max(0, ms));

/** In the corner: how old a live picture is, or of when the still is. @param {import("./player.js").View} view */
export const ageOf = ({ state, delay: ms, at }) => {
  if (state === "live" && ms !== null) return delayOf(ms);
  return state === "still" && at !== null ? fill(gettext("still, %(time)s"), { time: time(at) }) : "";
};

/** "61.3 °C · 2 s": what the camera measures at its hottest place, and how long ago. @param {import("./player.js").Heat | null | undefined} heat @param {number} now */
export function heatOf(heat, now) {
  if (!heat) return "";
  return fill(gettext("%(celsius)s °C · %(age)s s"), { celsius: tenths(heat.celsius), age: Math.max(0, Math.round((now - heat.at) / 1000)) });
}

/** Which place that is, as the camera calls it. @param {import("./player.js").Heat | null | undefined} heat */
export const heatPlace = (heat) => (heat ? fill(gettext("Hottest place measured by the camera: %(place)s"), { place: heat.place || "–" }) : "");

/** "Old picture: 0:12, since 14:03:07" @param {number} at @param {number} now */
export const staleOf = (at, now) =>
  fill(gettext("Old picture: %(age)s, since %(time)s"), { age: age((now - at) / 1000), time: time(at) });

/** For those who do not see it. @param {string} code @param {string} state */
export const labelOf = (code, state) =>
  fill(({
    live: gettext("Live picture of %(camera)s"), still: gettext("Still of %(camera)s: nothing moves there"), stale: gettext("Old picture of %(camera)s: it is not live"),
    waiting: gettext("Waiting for the picture of %(camera)s"), none: gettext("No picture of %(camera)s"),
  })[state], { camera: code });
