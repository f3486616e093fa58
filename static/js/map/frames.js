/** When the overlay is drawn: soon after a change, and again while units move; a busy machine gets fewer pictures, not a stuck page. */
export class Frames {
  #pending = 0;
  #next = 0;
  #asked = 0;

  /**
   * @param {object} does
   * @param {() => void} does.draw
   * @param {() => boolean} does.moving whether anything still has way to go
   * @param {() => boolean} does.alive whether time alone changes what is drawn: ages run, positions grow old
   * @param {boolean} does.software there is no graphics card
   */
  constructor({ draw, moving, alive, software }) {
    Object.assign(this, { draw, moving, software });
    this.clock = setInterval(() => {
      if (!document.hidden && alive()) this.soon();
    }, 1000);
  }

  soon() {
    if (this.#pending) return;
    this.#asked = performance.now();
    this.#pending = requestAnimationFrame(() => this.#animate());
  }

  #animate() {
    this.#pending = 0;
    const start = performance.now();
    const late = start - this.#asked;
    this.draw();
    const cost = performance.now() - start;
    if (!this.moving() || document.hidden) return;
    const pace = Math.min(500, Math.max(this.software || cost > 8 ? 100 : 33, 2 * late));
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.soon(), pace - Math.min(cost, pace));
  }

  stop() {
    clearInterval(this.clock);
    clearTimeout(this.#next);
    cancelAnimationFrame(this.#pending);
  }
}
