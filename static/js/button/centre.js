// Speaking with the centre: one request, its answer, and what that says of the link and of the clocks.

import { current } from "./words.js";

const PATIENCE_MS = 10_000;
const link = new EventTarget();
let secret = null;
let state = "looking";
let skewMs = Number(localStorage.getItem("button.skew")) || 0;

export { link };

export class Unreachable extends Error {
  constructor(cause, retryAfterMs = 0) {
    super(String(cause));
    this.retryAfterMs = retryAfterMs;
  }
}

export function useKey(key) {
  secret = key;
}

export function linkState() {
  return navigator.onLine === false ? "none" : state;
}

/** Now, by the centre's clock: a phone set wrong must not have its press refused. */
export function now() {
  return new Date(Date.now() + skewMs);
}

export async function call(path, { method = "GET", body, key, as = secret } = {}) {
  const headers = { Authorization: `Device ${as}`, "Accept-Language": current() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    note(navigator.onLine === false ? "none" : "away");
    throw new Unreachable(error);
  }
  readClock(response);
  const retryAfterMs = 1000 * Number(response.headers.get("Retry-After") ?? 0) || 0;
  if (response.status >= 500 || response.status === 429 || response.status === 408) {
    note(response.status >= 500 ? "away" : "ok");
    throw new Unreachable(response.status, retryAfterMs);
  }
  note("ok");
  const text = await response.text().catch(() => "");
  return { status: response.status, body: parse(text) };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function readClock(response) {
  const said = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(said)) return;
  const skew = said - Date.now();
  skewMs = Math.abs(skew) < 2000 ? 0 : skew;
  localStorage.setItem("button.skew", String(skewMs));
}

function note(now) {
  if (state === now) return;
  state = now;
  link.dispatchEvent(new Event("change"));
}

for (const name of ["online", "offline"]) {
  addEventListener(name, () => {
    if (name === "online") state = "looking";
    link.dispatchEvent(new Event("change"));
    if (name === "online") link.dispatchEvent(new Event("back"));
  });
}
