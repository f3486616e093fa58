/** Asks the centre to look: a reason in, tokens out. The consultation is written there before any picture. */
import { gettext } from "../room/words.js";

const DOOR = "/api/v1/looks/";

/**
 * @typedef {{camera: string, token: string, ws: string, qualities: string[], shows: string, exercise: boolean}} Look
 * @typedef {{camera: string, code: string, title: string, detail?: string, what_to_do?: string}} Refusal
 */

const csrf = () => /** @type {HTMLInputElement} */ (document.querySelector("[name=csrfmiddlewaretoken]"))?.value
  ?? /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

const post = (path, body, keepalive = false) => fetch(DOOR + path, {
  method: "POST", keepalive, credentials: "same-origin", body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
});

/**
 * @param {string[]} cameras codes
 * @param {object} reason {kind, incident}
 * @param {"room" | "wall"} screen
 * @param {"live" | "tour"} [kind] a stop of a tour is live too, and written as such (W-05)
 * @returns {Promise<Map<string, {look?: Look, refusal?: Refusal}>>} by code; never rejects
 */
export async function open(cameras, reason, screen, kind = "live") {
  /** @type {Map<string, {look?: Look, refusal?: Refusal}>} */
  const answers = new Map();
  let said;
  try {
    const answer = await post("", { cameras, kind, reason, screen });
    said = await answer.json();
  } catch {
    said = { code: "away", title: gettext("The centre does not answer.") };
  }
  for (const look of said.looks ?? []) answers.set(look.camera, { look });
  for (const refusal of said.refused ?? []) answers.set(refusal.camera, { refusal });
  for (const camera of cameras) {
    if (!answers.has(camera)) answers.set(camera, { refusal: { camera, code: said.code ?? "refused", title: said.title ?? gettext("Refused.") } });
  }
  return answers;
}

/** Looked enough. Also while the page goes. @param {string[]} tokens */
export function end(tokens) {
  if (tokens.length) post("end/", { tokens }, true).catch(() => {});  // else it lapses by itself
}
