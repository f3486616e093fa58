/** One live picture: fragments from the socket into a <video>, kept up with what happens now (W-14). */
import { Pieces, read } from "./frame.js";
import * as pacing from "./pace.js";

const TURN = 200;
const RENEW = 30_000;
/** Fragments in one word to the centre: half of those it sends ahead. */
const SEEN_EVERY = 16;
const STALE_AFTER = 2500;
/** Not even word that there is nothing: the line is dead, whatever it says of itself. */
const SILENT = 12_000;
const KEEP_BEHIND = 6;
const TRIM_BEYOND = 20;
const SIGN_IN = 4401;
const NO_RIGHT = 4403;
const STILL_UNTOLD = 2800;
/** A temperature nobody measured again for so long is no longer said. */
const HEAT_KEPT = 15_000;
// What most cameras send: main profile, level 4.
const H265 = 'video/mp4; codecs="hev1.1.6.L120.90"';

/** Asked once: it does not change while the page lives. */
const showsH265 = () => Boolean(globalThis.MediaSource?.isTypeSupported(H265));

/**
 * What a tile is told. "still": nothing moves there, this is the last whole picture. `at`: UTC ms of the picture shown, or null. `why`: a code, for state "none".
 * `heat`: the hottest that the camera itself measures, or null.
 * @typedef {{celsius: number, place: string, at: number}} Heat
 * @typedef {{state: "waiting" | "live" | "still" | "stale" | "none", delay: number | null, at: number | null, note: string, why: any, heat?: Heat | null}} View
 */

export class Player {
  /**
   * @param {HTMLVideoElement} video
   * @param {{look: import("./looks.js").Look, quality: "main" | "sub", smart?: boolean, now: () => number,
   *   onView: (view: View) => void, onOver?: (refusal: any) => void}} options `now`: the server's clock, UTC ms;
   *   `smart`: a still will do while nothing moves
   */
  constructor(video, { look, quality, smart = false, now, onView, onOver = () => {} }) {
    Object.assign(this, { video, look, quality, smart, now, onView, onOver });
    this.pace = pacing.start();
    this.tries = 0;
    this.note = "";
    this.why = null;
    this.lostSince = null;
    /** @type {import("./player.js").Heat | null} */
    this.heat = null;
    /** While it rests: when the centre last said that nothing moves (monotonic), else null. */
    this.stillTold = null;
    /** End of what is buffered: media seconds and UTC ms. */
    this.edge = null;
    this.lastAt = null;
    this.movedAt = performance.now();
    this.position = -1;
    /** @type {{data: Uint8Array, frame: any}[]} */
    this.waiting = [];
    this.seen = this.told = 0;
    /** Until `updateend` is said: `updating` is false a moment before, and a fragment that came then was never counted. */
    this.busy = false;
    this.timer = setInterval(() => this.turn(), TURN);
    this.connect();
  }

  close() {
    this.ended = true;
    clearInterval(this.timer);
    this.rest();
    this.drop();
  }

  /** Nobody can see it: nothing is fetched until `wake`. The last picture stays. */
  rest() {
    this.resting = true;
    clearTimeout(this.again);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  wake() {
    if (!this.resting || this.ended) return;
    this.resting = false;
    this.tries = 0;
    this.connect();
  }

  connect() {
    const address = new URL(this.look.ws, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.searchParams.set("quality", this.quality);
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.seen = this.told = 0;
    this.waiting = [];
    this.appending = null; // of the line before: not to be counted on this one
    this.heardAt = performance.now();
    this.renewAt = performance.now() + RENEW;
    this.stillTold = null;
    const pieces = new Pieces();
    socket.onopen = () => this.tell({ type: "look", token: this.look.token, smart: this.smart, h265: showsH265() && !this.notThisH265 });
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      if (typeof data === "string") this.hear(JSON.parse(data));
      else {
        this.heardAt = performance.now();
        const frame = pieces.add(read(data));
        if (frame) this.take(frame);
      }
    };
    socket.onclose = ({ code }) => this.closed(socket, code);
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    if (code === NO_RIGHT || code === SIGN_IN) {
      this.why ??= { code: "over" };
      this.onOver(this.why);
      return;
    }
    this.again = setTimeout(() => this.connect(), pacing.pause(this.tries, Math.random()));
    this.tries += 1;
  }

  tell(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Whether a still will do, from now on. @param {boolean} smart */
  mind(smart) {
    this.smart = smart;
    this.tell({ type: "smart", on: smart });
  }

  hear(message) {
    if (message.type === "start") this.begin(message);
    else if (message.type === "still") this.rests();
    else if (message.type === "moves") this.waking = true;
    else if (message.type === "unavailable") this.unavailable(message.code);
    else if (message.type === "token") this.look.token = message.token;
    else if (message.type === "lost") this.lostSince = message.since ?? "";
    else if (message.type === "heat") this.heat = message;
    else if (message.type === "refused") this.why = message;
  }

  /** The centre still hears the camera, and nothing moves. */
  rests() {
    this.stillTold = this.heardAt = performance.now();
    this.lostSince = null;
    this.waking = false;
  }

  // Media Source Extensions

  begin({ mime, note }) {
    this.tries = 0;
    this.why = this.stillTold = null;
    this.pace = pacing.start();
    if (!globalThis.MediaSource?.isTypeSupported(mime)) {
      this.cannotShow(note);
      return;
    }
    this.note = note === "transcoded" ? note : this.fellBack ? "h265-sub" : "";
    this.mime = mime;
    this.retype = true;
    this.count(this.waiting.filter(({ init }) => !init).length); // thrown away here, so no longer awaited there
    this.waiting = [];
    if (this.source?.readyState === "open" && this.buffer && !this.video.error) return;
    if (this.appending && !this.appending.init) this.count();
    this.drop();
    this.source = new MediaSource();
    this.url = URL.createObjectURL(this.source);
    this.video.src = this.url;
    this.source.addEventListener("sourceopen", () => this.opened(), { once: true });
  }

  /** What the browser shows after all is not known before it is asked with the very stream, its profile and level. */
  cannotShow(note) {
    if (note === "h265" && !this.notThisH265) {
      this.notThisH265 = true;
      this.anew();
      return;
    }
    if (this.fallBack()) return;
    this.why = { code: note === "h265" ? "h265" : "codec" };
    this.rest();
  }

  /** The centre makes no H.264 of it now: the sub-stream, else the reason until there is room for it. */
  unavailable(code) {
    if (!this.fallBack()) this.why = { code };
  }

  /** @returns {boolean} whether there is a sub-stream to try for this tile */
  fallBack() {
    if (this.quality !== "main" || !this.look.qualities.includes("sub")) return false;
    this.quality = "sub";
    this.fellBack = true;
    this.anew();
    return true;
  }

  anew() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.connect();
  }

  opened() {
    this.buffer = this.source.addSourceBuffer(this.mime);
    this.retype = false;
    this.buffer.mode = "sequence"; // what was dropped or another run leaves no hole to fall into
    const { buffer } = this;
    // What a buffer that was dropped has still to say is nobody's business any more.
    buffer.addEventListener("updateend", () => {
      if (buffer !== this.buffer) return;
      this.busy = false;
      this.appended();
    });
    this.next();
  }

  take(frame) {
    this.waiting.push(frame);
    this.next();
  }

  next() {
    if (!this.buffer || this.busy || this.source.readyState !== "open" || this.video.error) return;
    const frame = this.waiting.shift();
    if (!frame) return;
    if (this.retype) this.buffer.changeType?.(this.mime);
    this.retype = false;
    this.appending = frame;
    try {
      this.buffer.appendBuffer(frame.data);
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      this.buffer.remove(0, Math.max(0.1, this.video.currentTime - 1));
    }
    this.busy = true;
  }

  appended() {
    const frame = this.appending;
    this.appending = null;
    const ranges = this.buffer.buffered;
    if (frame && !frame.init) this.count();
    if (frame && !frame.init && ranges.length) {
      const end = ranges.end(ranges.length - 1);
      this.edge = { media: end, utc: frame.startsAt + frame.lasts };
      this.lostSince = null;
      if (this.waking) this.pace = pacing.start();
      this.pace = pacing.heard(this.pace, { lasts: frame.lasts / 1000, end, now: performance.now() });
      if (!this.started) this.go(end - frame.lasts / 1000);
      else if (this.waking) this.wakeAt(end - frame.lasts / 1000);
      else if (this.stillTold !== null) this.video.currentTime = Math.max(this.video.currentTime, end - frame.lasts / 1000);
    }
    const from = ranges.length ? ranges.start(0) : 0;
    if (this.video.currentTime - from > TRIM_BEYOND && !this.busy) {
      this.busy = true;
      this.buffer.remove(from, this.video.currentTime - KEEP_BEHIND);
    } else this.next();
  }

  /** The centre sends so many ahead and no more: one that is never counted is a place lost for good. */
  count(fragments = 1) {
    this.seen += fragments;
    if (this.seen - this.told < SEEN_EVERY) return;
    this.told = this.seen;
    this.tell({ type: "seen", n: this.seen });
  }

  /** The first picture there is; a moment later it knows how far behind it has to be. */
  go(media) {
    this.started = true;
    this.video.currentTime = Math.max(0, media);
    this.play();
  }

  /** It moves again: from here, not from the still it rested on. */
  wakeAt(media) {
    this.waking = false;
    this.stillTold = null;
    this.movedAt = performance.now();
    this.video.currentTime = media;
    this.play();
  }

  play() {
    if (this.video.paused) this.video.play().catch(() => {}); // a tile on its way through the page: tried again
  }

  drop() {
    this.started = this.busy = false;
    this.buffer = this.source = this.appending = null;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  // Five times a second

  turn() {
    const now = performance.now();
    if (this.socket && now > this.renewAt) {
      this.renewAt = now + RENEW;
      this.tell({ type: "renew" });
    }
    if (this.video.error && this.source) this.restart();
    if (this.socket && now - this.heardAt > SILENT && this.lostSince === null && !this.why) this.anew();
    if (this.started && this.edge && !this.resting && this.stillTold === null) this.keepUp(now);
    if (this.video.currentTime !== this.position) {
      this.position = this.video.currentTime;
      this.movedAt = now;
    }
    this.onView(this.view(now));
  }

  keepUp(now) {
    this.play();
    const { pace, rate, jumpTo } = pacing.keepUp(this.pace, { at: this.video.currentTime, now });
    this.pace = pace;
    if (jumpTo !== null) this.video.currentTime = Math.min(jumpTo, this.edge.media);
    if (this.video.playbackRate !== rate) this.video.playbackRate = rate;
  }

  /** The decoder gave up: everything anew, with the last picture kept by the tile. */
  restart() {
    this.drop();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.again = setTimeout(() => this.connect(), pacing.pause(this.tries, Math.random()));
    this.tries += 1;
  }

  /** @returns {View} */
  view(now) {
    const at = this.edge && this.started ? this.edge.utc - (this.edge.media - this.video.currentTime) * 1000 : this.lastAt;
    this.lastAt = at;
    const delay = at === null ? null : this.now() - at;
    const frozen = now - this.movedAt > STALE_AFTER;
    let state = "live";
    if (this.why) state = "none";
    else if (at === null) state = "waiting";
    else if (this.lostSince !== null) state = "stale";
    else if (this.stillTold !== null) state = now - this.stillTold > STILL_UNTOLD ? "stale" : "still";
    else if (frozen || delay > STALE_AFTER + 1000) state = "stale";
    const heat = this.heat && this.now() - this.heat.at < HEAT_KEPT ? this.heat : null;
    return { state, delay, at, heat, note: this.note, why: this.why ?? (this.lostSince === null ? null : { code: "lost", since: this.lostSince }) };
  }
}
