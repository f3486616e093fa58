/** Facts wait here for the next frame: fifty facts of the socket are one change of the screen. */

export class Inbox {
  /** @param {(facts: import("./store.js").Fact[]) => void} onFacts */
  constructor(onFacts) {
    Object.assign(this, { onFacts, waiting: [], due: false, open: false });
  }

  /** Until the first snapshot is there, facts only gather. */
  start() {
    this.open = true;
    if (this.waiting.length) this.soon();
  }

  /** @param {import("./store.js").Fact[]} facts */
  push(facts) {
    this.waiting.push(...facts);
    if (this.open) this.soon();
  }

  /** A hidden page draws no frames, and still has to ring. */
  soon() {
    if (this.due) return;
    this.due = true;
    const flush = () => {
      this.due = false;
      this.onFacts(this.waiting.splice(0));
    };
    if (globalThis.document?.hidden) setTimeout(flush, 50);
    else requestAnimationFrame(flush);
  }
}
