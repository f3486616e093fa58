// How long nobody has touched this machine. Pure: the time is given, so that it can be tested.

export class IdleClock {
  #heard;
  #reported;

  constructor(idleSeconds, now) {
    this.idleMs = idleSeconds * 1000;
    this.#heard = now;
    this.#reported = now;
  }

  /** Somebody moved or typed, here or in another tab. */
  heard(now) {
    this.#heard = Math.max(this.#heard, now);
  }

  isOver(now) {
    return now - this.#heard >= this.idleMs;
  }

  /** True once a minute at most, when somebody was heard since the last time it was true. */
  shouldReport(now, everyMs = 60_000) {
    if (now - this.#reported < everyMs || this.#heard <= this.#reported) return false;
    this.#reported = now;
    return true;
  }

  /** After unlocking: somebody is there. */
  restart(now) {
    this.#heard = now;
    this.#reported = now;
  }
}

/** "%(person)s sits" with {person: "A"} gives "A sits". */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}
