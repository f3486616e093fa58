/** The one clock of all pictures: a moment of the recording that runs, waits, jumps. Pure: time is handed in. */

export const RATES = [0.25, 0.5, 1, 2, 4, 8, 16];

export class Clock {
  /** @param {number} at ms since 1970 */
  constructor(at = 0) {
    this.at = at;
    this.rate = 1;
    this.playing = false;
    /** A picture that is recorded has not come yet: nobody runs ahead of it. */
    this.waiting = false;
    this.from = -Infinity;
    this.to = Infinity;
    this._last = 0;
  }

  /** @param {number} now ms of any steady clock */
  tick(now) {
    const passed = this._last ? Math.min(now - this._last, 250) : 0;
    this._last = now;
    if (this.playing && !this.waiting) {
      this.seek(this.at + passed * this.rate);
      if (this.at >= this.to) {
        this.playing = false;
      }
    }
    return this.at;
  }

  /** @param {number} at */
  seek(at) {
    this.at = Math.min(Math.max(at, this.from), this.to);
  }

  /** @param {number} steps */
  faster(steps) {
    const place = RATES.indexOf(this.rate) + steps;
    this.rate = RATES[Math.min(Math.max(place, 0), RATES.length - 1)];
  }
}
