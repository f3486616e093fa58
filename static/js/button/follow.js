// What becomes of the alert: asked every two seconds while somebody looks.

import { call, Unreachable } from "./centre.js";

const PERIOD_MS = 2_000;

/** Dispatches "seen" with the alert, "lost" when the centre does not answer, "gone" when it knows no such alert. */
export class Follower extends EventTarget {
  #id = null;
  #timer = null;
  #lastAt = null;

  constructor(path) {
    super();
    this.path = path;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.#id) this.#ask();
    });
  }

  get id() {
    return this.#id;
  }

  start(id) {
    if (this.#id === id) return;
    this.#id = id;
    this.#lastAt = Date.now();
    this.#ask();
  }

  stop() {
    this.#id = null;
    clearTimeout(this.#timer);
  }

  /** Ask now rather than at the next turn. */
  hurry() {
    if (this.#id) this.#ask();
  }

  async #ask() {
    clearTimeout(this.#timer);
    const id = this.#id;
    try {
      const { status, body } = await call(`${this.path}${id}/`);
      if (id !== this.#id) return;
      this.#lastAt = Date.now();
      if (status === 200) this.#tell("seen", body);
      else this.#tell("gone", { status });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (id === this.#id) this.#tell("lost", { since: this.#lastAt });
    }
    if (id === this.#id && document.visibilityState === "visible") {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PERIOD_MS);
    }
  }

  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}
