/** The server's time, as this page knows it: no age is ever counted on the workstation's own clock. */

const KEPT = 8;

export class ServerClock {
  /** @param {() => number} monotonic milliseconds that never jump */
  constructor(monotonic = () => performance.now()) {
    this.monotonic = monotonic;
    /** @type {{offset: number, width: number}[]} */
    this.samples = [];
  }

  /** True once the server has told the time at least once. */
  get known() {
    return this.samples.length > 0;
  }

  /** Half the shortest round trip: the most this clock can be wrong by, in milliseconds. */
  get doubt() {
    return this.known ? Math.min(...this.samples.map((s) => s.width)) / 2 : Infinity;
  }

  /**
   * Learn from one answer: the server said `iso` somewhere between the two monotonic moments.
   * @param {string} iso
   * @param {number} sentAt
   * @param {number} [heardAt]
   */
  learn(iso, sentAt, heardAt = this.monotonic()) {
    const told = Date.parse(iso);
    if (!Number.isFinite(told)) return;
    const width = Math.max(0, heardAt - sentAt);
    this.samples.push({ offset: told - (heardAt - width / 2), width });
    if (this.samples.length > KEPT) this.samples.shift();
  }

  /** Milliseconds since 1970 on the server; the answer with the shortest round trip is the best witness. */
  now() {
    if (!this.known) return Date.now();
    const best = this.samples.reduce((a, b) => (b.width < a.width ? b : a));
    return this.monotonic() + best.offset;
  }

  /** @param {string | null | undefined} iso seconds since that moment (0 when it is not known) */
  since(iso) {
    const at = Date.parse(iso ?? "");
    return Number.isFinite(at) ? Math.max(0, (this.now() - at) / 1000) : 0;
  }
}

/**
 * Call `tick` just after each full second of the server's clock, and once at once.
 * @param {ServerClock} clock
 * @param {() => void} tick
 */
export function everySecond(clock, tick) {
  const turn = () => {
    tick();
    setTimeout(turn, 1000 - (Math.floor(clock.now()) % 1000) + 5);
  };
  turn();
}
