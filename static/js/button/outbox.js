// Messages to the centre, each sent under its own key until the centre has answered it: exactly one alert results.

import { call, link, now, Unreachable } from "./centre.js";
import * as store from "./store.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const TOO_OLD_MS = 24 * 3600 * 1000;

/** How long to wait after this many failures: doubling, never less than the centre asked for. */
export function wait(tries, askedMs = 0, chance = Math.random()) {
  const doubled = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1));
  return Math.max(askedMs, doubled) * (1 + 0.2 * chance);
}

export function newKey() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16)).join("");
}

/** Dispatches "sent", "waiting" and "refused" with {item, answer?, problem?, nextAt?}. */
export class Outbox extends EventTarget {
  #busy = new Set();
  #timers = new Map();

  constructor() {
    super();
    link.addEventListener("back", () => this.pump());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.pump();
    });
  }

  /** Keep a message and send it. `kind` says what it is for; the body never changes between tries. */
  async add({ kind, path, body }) {
    const item = { key: newKey(), kind, path, body: JSON.stringify(body), pressedAt: now().toISOString(), tries: 0 };
    // Writing it down takes a few milliseconds; a phone that hesitates must not delay a call for help.
    await Promise.race([store.put(item), new Promise((go) => setTimeout(go, 150))]);
    this.#try(item);
    return item;
  }

  /** Send everything that waits, now. */
  async pump() {
    const items = await store.waiting();
    items.sort((a, b) => a.pressedAt.localeCompare(b.pressedAt));
    for (const item of items) this.#try(item);
    return items;
  }

  async drop(item) {
    clearTimeout(this.#timers.get(item.key));
    this.#timers.delete(item.key);
    item.dropped = true;
    await store.drop(item.key);
  }

  async #try(item) {
    if (this.#busy.has(item.key) || item.dropped) return;
    clearTimeout(this.#timers.get(item.key));
    this.#busy.add(item.key);
    try {
      await this.#send(item);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.#later(item, error.retryAfterMs);
    } finally {
      this.#busy.delete(item.key);
    }
  }

  async #send(item) {
    if (now() - new Date(item.pressedAt) > TOO_OLD_MS) {
      await this.#end(item, "refused", { problem: {} });
      return;
    }
    this.#tell("trying", { item });
    const { status, body } = await call(item.path, { method: "POST", body: item.body, key: item.key });
    if (status === 200 || status === 201) await this.#end(item, "sent", { answer: body });
    else if (status === 400 && body.errors?.at && JSON.parse(item.body).at) await this.#withoutTime(item);
    else await this.#end(item, "refused", { problem: body, status });
  }

  /** The clocks disagree: nothing was recorded, so the same call goes out again without a time of its own. */
  async #withoutTime(item) {
    const { at, ...rest } = JSON.parse(item.body);
    const again = { ...item, key: newKey(), body: JSON.stringify(rest), replaces: item.key };
    await store.put(again);
    await store.drop(item.key);
    this.#tell("replaced", { item: again });
    await this.#send(again);
  }

  async #end(item, what, detail) {
    await store.drop(item.key);
    this.#timers.delete(item.key);
    if (!item.dropped) this.#tell(what, { item, ...detail });
  }

  #later(item, askedMs) {
    if (item.dropped) return;
    item.tries += 1;
    const ms = wait(item.tries, askedMs);
    this.#timers.set(item.key, setTimeout(() => this.#try(item), ms));
    store.put(item);
    this.#tell("waiting", { item, nextAt: Date.now() + ms });
  }

  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}
