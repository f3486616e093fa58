/** When the panel is read from the server: at once, or once more when something changed. A started reading is let finish. */

const GAP = 2000;
const LONGEST = 15_000;

export class Reading {
  /**
   * @param {object} does
   * @param {(status: number, html: string, redirected: boolean) => void} does.onAnswer
   * @param {() => void} does.onSilence nobody answered
   */
  constructor({ onAnswer, onSilence }) {
    Object.assign(this, { onAnswer, onSilence, url: null, going: null, timer: null, acting: false, stale: false, doneAt: -Infinity });
  }

  /** Another incident, or the operator asks: what was being read is dropped. @param {string} url */
  open(url) {
    this.stop();
    this.url = url;
    this.read();
  }

  stop() {
    this.url = null;
    this.acting = this.stale = false;
    this.drop();
  }

  drop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.going?.abort();
    this.going = null;
  }

  /**
   * Something changed. However often it does, and however slow the answers are, each reading that started is shown:
   * whatever changes meanwhile is read after it.
   */
  again() {
    if (this.url === null || this.timer) return;
    if (this.going || this.acting) {
      this.stale = true;
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = null;
      this.read();
    }, Math.max(0, this.doneAt + GAP - performance.now()));
  }

  /** An act goes: what is being read would be older than its answer. */
  act() {
    this.drop();
    this.acting = true;
  }

  /** The act was answered. What changed while it was under way may be younger than its answer. */
  acted() {
    this.acting = false;
    this.done();
  }

  async read() {
    const going = new AbortController();
    const tooLong = setTimeout(() => going.abort(), LONGEST);
    this.going = going;
    this.stale = false;
    let answer = null;
    try {
      const response = await fetch(this.url, { headers: { "HX-Request": "true" }, signal: going.signal });
      answer = [response.status, await response.text(), response.redirected];
    } catch {
      // Said below, unless it was dropped for something newer.
    }
    clearTimeout(tooLong);
    if (this.going !== going) return;
    this.going = null;
    if (answer) this.onAnswer(...answer);
    else this.onSilence();
    this.done();
  }

  done() {
    this.doneAt = performance.now();
    if (!this.stale) return;
    this.stale = false;
    this.again();
  }
}
