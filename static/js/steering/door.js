/** The REST door of steering. Answers, or throws what the centre refuses in its own words. */
import { gettext } from "../room/words.js";

const DOOR = "/api/v1/";

const csrf = () => /** @type {HTMLInputElement} */ (document.querySelector("[name=csrfmiddlewaretoken]"))?.value
  ?? /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

/** A refusal: `code` for the page, `message` and `todo` for the operator. */
export class Refusal extends Error {
  /** @param {any} problem RFC 9457 */
  constructor(problem) {
    super([problem.title, problem.detail].filter(Boolean).join(" "));
    Object.assign(this, { code: problem.code ?? "refused", todo: problem.what_to_do ?? "", problem });
  }
}

const newKey = () => crypto.randomUUID?.()
  ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} path @param {{method?: string, body?: any, keepalive?: boolean, key?: string}} [how] */
export async function ask(path, { method = "GET", body, keepalive = false, key = "" } = {}) {
  let answer;
  try {
    answer = await fetch(DOOR + path, {
      method, keepalive, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body),
      headers: {
        "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf(),
        ...key && { "Idempotency-Key": key },
      },
    });
  } catch {
    throw new Refusal({ code: "away", title: gettext("The centre does not answer.") });
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(said);
  return said;
}

/** Done once, whatever the line does: an answer that was lost is asked for again under the same key.
 * @param {string} path @param {any} [body] */
export async function post(path, body = {}) {
  const key = newKey();
  try {
    return await ask(path, { method: "POST", body, key });
  } catch (refusal) {
    if (refusal.code !== "away") throw refusal;
    return ask(path, { method: "POST", body, key });
  }
}
