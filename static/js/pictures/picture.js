/** A live picture in a tile: the video, its delay, and in words when it is old or missing. */
import { el, mark, say } from "../room/elements.js";
import { Player } from "./player.js";
import * as words from "./words.js";

const UNSEEN = 1500;

export class Picture {
  /**
   * @param {{code: string, now: () => number, smart?: boolean, onOver?: (picture: Picture, refusal: any) => void,
   *   onState?: (state: string) => void}} options `smart`: a still will do while nothing moves
   */
  constructor({ code, now, smart = false, onOver = () => {}, onState = () => {} }) {
    Object.assign(this, { code, now, smart, onOver, onState });
    this.video = /** @type {HTMLVideoElement} */ (el("video", { muted: true, playsinline: true, disablepictureinpicture: true, tabindex: "-1", "aria-hidden": "true" }));
    this.video.muted = true;
    this.last = el("canvas", { "aria-hidden": "true" });
    this.delay = el("span", { class: "delay", "aria-hidden": "true" });
    this.old = el("span", { class: "old", "aria-hidden": "true" });
    this.note = el("span", { class: "note", "aria-hidden": "true" });
    this.heat = el("span", { class: "heat", "aria-hidden": "true" });
    this.root = el("span", { class: "picture", role: "img", "data-state": "waiting" }, this.last, this.video, this.delay, this.heat, this.old, this.note);
    this.state = "";
    this.seen = new IntersectionObserver(([entry]) => this.shown(entry.isIntersecting));
    this.seen.observe(this.root);
    this.isShown = true;
    this.onVisible = () => this.shown(this.isShown);
    document.addEventListener("visibilitychange", this.onVisible);
    this.show({ state: "waiting", delay: null, at: null, note: "", why: null });
  }

  /** @param {import("./looks.js").Look} look @param {"main" | "sub"} quality */
  play(look, quality) {
    this.player?.close();
    this.player = new Player(this.video, {
      look, quality, smart: this.smart, now: this.now, onView: (view) => this.show(view), onOver: (refusal) => this.onOver(this, refusal),
    });
  }

  /** @param {boolean} smart */
  mind(smart) {
    if (this.smart === smart) return;
    this.smart = smart;
    this.player?.mind(smart);
  }

  /** @param {{code: string, title?: string}} why */
  refuse(why) {
    this.player?.close();
    this.player = null;
    this.show({ state: "none", delay: null, at: null, note: "", why });
  }

  close() {
    this.seen.disconnect();
    document.removeEventListener("visibilitychange", this.onVisible);
    clearTimeout(this.unseen);
    this.player?.close();
    this.video.removeAttribute("src");
    this.video.load();
    this.root.remove();
  }

  /** Out of sight nothing is fetched; a moment later, so that a tile drawn anew does not blink. */
  shown(isShown) {
    this.isShown = isShown;
    clearTimeout(this.unseen);
    if (isShown && !document.hidden) this.player?.wake();
    else this.unseen = setTimeout(() => this.player?.rest(), UNSEEN);
  }

  /** @param {import("./player.js").View} view */
  show(view) {
    this.view = view;
    if (view.state !== this.state) {
      if (view.state === "stale") this.keep();
      this.state = view.state;
      mark(this.root, "data-state", view.state);
      mark(this.root, "aria-label", words.labelOf(this.code, view.state));
      this.onState(view.state);
    }
    say(this.delay, words.ageOf(view));
    say(this.heat, words.heatOf(view.heat, this.now()));
    mark(this.heat, "title", words.heatPlace(view.heat));
    say(this.old, view.state === "stale" && view.at !== null ? words.staleOf(view.at, this.now()) : "");
    say(this.note, view.state === "none" ? words.whyNone(view.why) : words.noteOf(view.note));
  }

  /** The last picture stays behind the video when its decoder is thrown away. */
  keep() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width) return;
    Object.assign(this.last, { width, height });
    /** @type {HTMLCanvasElement} */ (this.last).getContext("2d").drawImage(this.video, 0, 0);
  }
}
