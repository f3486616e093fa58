/** The sound of what nobody has taken. The browser must let it first; silence is short and always visible. */
import { mark, say } from "./elements.js";
import { age } from "./format.js";
import { calling, nextRound, pattern } from "./patterns.js";
import { fill, gettext } from "./words.js";

const VOLUME_KEY = "nice.volume";
const MUTE_SECONDS = 120;

export class Sounds {
  /** @param {{button: HTMLElement, volume: HTMLInputElement, muteButton: HTMLElement, tests: Iterable<HTMLElement>}} parts */
  constructor({ button, volume, muteButton, tests }) {
    Object.assign(this, { button, volume, muteButton });
    this.call = null;
    this.playedAt = null;
    this.mutedUntil = 0;
    this.context = new AudioContext({ latencyHint: "interactive" });
    this.master = this.context.createGain();
    this.master.connect(this.context.destination);
    this.context.addEventListener("statechange", () => this.show());
    volume.value = this.stored();
    volume.addEventListener("input", () => this.setVolume());
    muteButton.addEventListener("click", () => this.mute());
    for (const test of tests) {
      test.addEventListener("click", () => this.play(pattern(Number(test.dataset.sound), false).notes));
    }
    // Any gesture is enough for the browser: nobody has to look for a button.
    for (const gesture of ["pointerdown", "keydown"]) {
      addEventListener(gesture, () => this.allow(), { capture: true });
    }
    this.setVolume();
    setInterval(() => this.turn(), 200);
  }

  stored() {
    try {
      return localStorage.getItem(VOLUME_KEY) ?? "70";
    } catch {
      return "70"; // storage is refused: the volume lasts as long as the page
    }
  }

  /** Never to nothing: silence is for `mute`, which ends by itself. */
  setVolume() {
    const value = Math.max(10, Number(this.volume.value));
    this.master.gain.value = (value / 100) ** 2 * 0.5;
    try {
      localStorage.setItem(VOLUME_KEY, String(value));
    } catch {
      // as above
    }
  }

  allow() {
    if (this.context.state === "suspended") this.context.resume().catch(() => {});
  }

  get state() {
    if (this.context.state !== "running") return "blocked";
    return performance.now() < this.mutedUntil ? "muted" : "on";
  }

  mute() {
    this.mutedUntil = this.state === "muted" ? 0 : performance.now() + MUTE_SECONDS * 1000;
    this.turn();
  }

  /** @param {import("./store.js").State} state */
  listen(state) {
    const now = calling(state);
    const at = this.context.currentTime;
    this.due = nextRound(this.call, now, this.playedAt, at);
    this.call = now;
    if (!now) this.playedAt = null;
    this.turn();
  }

  turn() {
    const at = this.context.currentTime;
    if (this.call && this.state === "on" && this.due !== null && at >= this.due) {
      const { notes, every } = pattern(this.call.priority, this.call.exercise, this.call.insists);
      this.play(notes);
      this.playedAt = at;
      this.due = at + every;
    }
    this.show();
  }

  /** Said once, unless something calls already or silence was asked for. @param {{hz: number, at: number, lasts: number, gain: number}[]} notes */
  once(notes) {
    if (!this.call && this.state === "on") this.play(notes);
  }

  /** @param {{hz: number, at: number, lasts: number, gain: number}[]} notes */
  play(notes) {
    const start = this.context.currentTime + 0.02;
    for (const { hz, at, lasts, gain } of notes) {
      const voice = this.context.createOscillator();
      const level = this.context.createGain();
      voice.type = "triangle";
      voice.frequency.value = hz;
      level.gain.setValueAtTime(0, start + at);
      level.gain.linearRampToValueAtTime(gain, start + at + 0.015);
      level.gain.setValueAtTime(gain, start + at + lasts - 0.05);
      level.gain.linearRampToValueAtTime(0, start + at + lasts);
      voice.connect(level).connect(this.master);
      voice.start(start + at);
      voice.stop(start + at + lasts + 0.02);
    }
  }

  show() {
    const { state } = this;
    mark(this.button, "data-sound-state", state);
    mark(this.button, "data-calling", this.call ? String(this.call.priority) : null);
    mark(this.button, "data-insists", this.call?.insists ? "yes" : null);
    const left = Math.ceil((this.mutedUntil - performance.now()) / 1000);
    say(this.button.querySelector("[data-part=words]"), {
      blocked: gettext("Sound blocked: click"),
      muted: fill(gettext("Silent for %(left)s"), { left: age(left) }),
      on: gettext("Sound on"),
    }[state]);
    say(this.muteButton.querySelector("[data-part=words]"), state === "muted" ? gettext("Sound again") : gettext("Silence for 2 minutes"));
  }
}
