/** What the page of recordings asks the centre. */

/** A refusal in the centre's words (RFC 9457). */
export class Refused extends Error {
  /** @param {{title: string, detail?: string, what_to_do?: string, code?: string}} problem */
  constructor(problem) {
    super([problem.title, problem.detail, problem.what_to_do].filter(Boolean).join(" "));
    this.code = problem.code ?? "";
  }
}

const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;

/** @param {Response} answer */
async function read(answer) {
  if (answer.ok) {
    return answer.status === 204 ? null : answer.headers.get("Content-Type")?.includes("json") ? answer.json() : null;
  }
  let problem = { title: `${answer.status} ${answer.statusText}` };
  if (answer.headers.get("Content-Type")?.includes("json")) {
    problem = await answer.json();
  }
  throw new Refused(problem);
}

/** @param {string} url */
export const get = async (url) => read(await fetch(url, { headers: { Accept: "application/json" } }));

/** @param {string} url @param {object} body @param {boolean} [last] sent while the page goes away */
export const post = async (url, body, last = false) =>
  read(
    await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body),
      keepalive: last,
    }),
  );

/** The bytes of one range. @param {string} url @param {number} offset @param {number} size @param {AbortSignal} signal */
export async function range(url, offset, size, signal) {
  const answer = await fetch(url, { headers: { Range: `bytes=${offset}-${offset + size - 1}` }, signal });
  if (!answer.ok) {
    await read(answer);
  }
  return answer.arrayBuffer();
}
