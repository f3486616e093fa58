/** Facts wait here for the next frame: fifty facts of the socket are one change of the screen. */

/** A frame that has not come by then is not waited for. */
const NO_FRAME_AFTER = 250;

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

  /** A hidden page draws no frames, a page that is being hidden never draws the one it promised: both still have to ring. */
  soon() {
    if (this.due) return;
    this.due = true;
    const flush = () => {
      if (!this.due) return;
      this.due = false;
      clearTimeout(late);
      this.onFacts(this.waiting.splice(0));
    };
    const late = setTimeout(flush, globalThis.document?.hidden ? 50 : NO_FRAME_AFTER);
    if (!globalThis.document?.hidden) requestAnimationFrame(flush);
  }
}
