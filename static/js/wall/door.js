/** What the room asks of the centre about layouts, tours and the wall. A refusal is thrown, with its words. */
import { gettext } from "../room/words.js";

export class Refused extends Error {}

const csrf = () => /** @type {HTMLInputElement} */ (document.querySelector("[name=csrfmiddlewaretoken]"))?.value
  ?? /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

async function answered(asked) {
  let answer, said;
  try {
    answer = await asked;
    said = answer.status === 204 || answer.headers.get("Content-Length") === "0" ? null : await answer.json().catch(() => null);
  } catch {
    throw new Refused(gettext("The centre does not answer."));
  }
  if (!answer.ok) throw new Refused([said?.title ?? gettext("Refused."), said?.what_to_do].filter(Boolean).join(" "));
  return said;
}

/** @param {string} url */
export const read = (url) => answered(fetch(url, { headers: { Accept: "application/json" } }));

/** @param {string} url @param {object} body */
export const post = (url, body) => answered(fetch(url, {
  method: "POST", credentials: "same-origin", body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
}));
