/**
 * One camera's pictures: Media Source Extensions fed with the recorded bytes themselves.
 *
 * Each group is laid where the wall clock says (timestampOffset), so all cameras share one time line and a gap in a
 * recording is a gap in the picture.
 */

import { gettext } from "../room/words.js";
import { frameAt, framesOf } from "./frames.js";
import { groupAt, nextWanted } from "./plan.js";
import { Refused, get, range } from "./server.js";

const AHEAD_MS = 12_000;
const MOST_AHEAD_MS = 60_000;
const AGAIN_MS = 1_000;
const BEHIND_S = 30;
/** A step goes this far into a picture, ms: its edge belongs to two. */
const INTO_MS = 1;

export class Film {
  /**
   * @param {HTMLElement} figure
   * @param {{camera: string, index: string}} look
   * @param {number} zero ms of time 0
   * @param {{ahead?: number}} [options] ahead: ms fetched before they are shown
   */
  constructor(figure, look, zero, { ahead = AHEAD_MS } = {}) {
    this.ahead = ahead;
    this.figure = figure;
    this.video = figure.querySelector("video");
    this.look = look;
    this.zero = zero;
    this.groups = [];
    this.files = new Map();
    this.held = new Set();
    /** Of each group that is held, when its pictures are shown: seconds of the time line. */
    this.frames = new Map();
    this.shown = null;
    this.failed = "";
    this._abort = new AbortController();
    this._file = 0;
    this._busy = false;
    this._again = 0;
    figure.querySelector(".film-name").textContent = look.camera;
    this._watch();
  }

  async open() {
    const index = await get(this.look.index);
    this.groups = index.groups;
    this.files = new Map(index.files.map((file) => [file.file, file]));
    const { codecs } = index.files[0];
    if (!MediaSource.isTypeSupported(`video/mp4; codecs="${codecs}"`)) {
      this.fail(gettext("This browser does not show this coding: use a link for a player."));
      return;
    }
    this.source = new MediaSource();
    this.video.src = URL.createObjectURL(this.source);
    await new Promise((opened) => this.source.addEventListener("sourceopen", opened, { once: true }));
    URL.revokeObjectURL(this.video.src);
    this.buffer = this.source.addSourceBuffer(`video/mp4; codecs="${codecs}"`);
    this._codecs = codecs;
    this.source.duration = (index.groups.at(-1).at_ms - this.zero) / 1000 + 60;
  }

  /** @param {string} text */
  fail(text) {
    this.failed = text;
    this.state(text);
  }

  /** @param {string} text */
  state(text) {
    const place = this.figure.querySelector(".film-state");
    if (place.textContent !== text) {
      place.textContent = text;
      this.figure.classList.toggle("without", text !== "");
    }
  }

  /** Whether the picture of this moment is there, or there is none to wait for. @param {number} at */
  ready(at) {
    if (this.failed || !this.buffer) {
      return Boolean(this.failed);
    }
    if (groupAt(this.groups, at) < 0) {
      return true;
    }
    return this._buffered((at - this.zero) / 1000) && !this.video.seeking && this.video.readyState >= 2;
  }

  /** Brings the picture to the clock. @param {number} at @param {boolean} runs @param {number} rate */
  follow(at, runs, rate) {
    if (this.failed || !this.buffer) {
      return;
    }
    this._feed(at, rate);
    const want = (at - this.zero) / 1000;
    if (groupAt(this.groups, at) < 0) {
      this.state(gettext("Not recorded"));
      this.video.pause();
      return;
    }
    this.state("");
    const off = this.video.currentTime - want;
    const limit = runs ? Math.max(0.25, 0.15 * rate) : 0.001;
    if (Math.abs(off) > limit && !this.video.seeking && this._buffered(want)) {
      this.video.currentTime = want;
    }
    if (!runs) {
      this.video.pause();
      return;
    }
    // Small differences are made up without anybody seeing it.
    const nudged = rate * (1 - Math.max(-0.1, Math.min(0.1, off / Math.max(1, rate))));
    this.video.playbackRate = Math.max(0.07, Math.min(16, nudged));
    if (this.video.paused) {
      this.video.play().catch(() => {});
    }
  }

  /**
   * The moment of the picture after or before the one of this moment; null when none is known there.
   * @param {number} at @param {1 | -1} direction
   */
  step(at, direction) {
    const moment = (at - this.zero) / 1000;
    for (const frames of this.frames.values()) {
      const frame = frameAt(frames, moment);
      if (frame) return this.zero + 1000 * (direction > 0 ? frame.ends : frame.starts) + INTO_MS * direction;
    }
    return null;
  }

  close() {
    this._abort.abort();
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
    this.buffer = null;
  }

  async _feed(at, rate) {
    if (this._busy || this.buffer.updating || performance.now() < this._again) {
      return;
    }
    const number = nextWanted(this.groups, at, Math.min(this.ahead * Math.max(1, rate), Math.max(this.ahead, MOST_AHEAD_MS)), this.held);
    if (number < 0) {
      return;
    }
    this._busy = true;
    try {
      await this._forget(at);
      await this._append(this.groups[number]);
      this.held.add(number);
    } catch (error) {
      if (error instanceof Refused) {
        this.fail(error.message);
      } else if (error.name !== "AbortError") {
        // The line is away, or the browser holds as much as it will: tried again in a second.
        this._again = performance.now() + AGAIN_MS;
      }
    } finally {
      this._busy = false;
    }
  }

  async _append(group) {
    const url = this.look.index.replace("index.json", `${group.file}.mp4`);
    const file = this.files.get(group.file);
    const data = await range(url, group.offset, group.size, this._abort.signal);
    if (this._file !== group.file) {
      const init = await range(url, 0, file.init, this._abort.signal);
      if (file.codecs !== this._codecs) {
        this.buffer.changeType(`video/mp4; codecs="${file.codecs}"`);
        this._codecs = file.codecs;
      }
      await this._put(init);
      this._file = group.file;
    }
    const laid = (group.at_ms - this.zero) / 1000 - group.media_s;
    this.buffer.timestampOffset = laid;
    this.frames.set(group, framesOf(data, file).map(({ starts, ends }) => ({ starts: starts + laid, ends: ends + laid })));
    await this._put(data);
  }

  _put(data) {
    return new Promise((done, failed) => {
      if (!this.buffer) {
        failed(new DOMException("closed", "AbortError"));
        return;
      }
      this.buffer.addEventListener("updateend", done, { once: true });
      this.buffer.appendBuffer(data);
    });
  }

  /** What lies far behind or beyond goes, so that a day of looking fits in memory. */
  async _forget(at) {
    const now = (at - this.zero) / 1000;
    const { buffered } = this.buffer;
    for (let part = 0; part < buffered.length; part += 1) {
      const start = buffered.start(part);
      const end = Math.min(buffered.end(part), now - BEHIND_S);
      if (end > start) {
        await new Promise((done) => {
          this.buffer.addEventListener("updateend", done, { once: true });
          this.buffer.remove(start, end);
        });
        break;
      }
    }
    for (const number of this.held) {
      const group = this.groups[number];
      if ((group.at_ms - this.zero) / 1000 < now - BEHIND_S) {
        this.held.delete(number);
        this.frames.delete(group);
      }
    }
  }

  _buffered(time) {
    const { buffered } = this.video;
    for (let part = 0; part < buffered.length; part += 1) {
      if (buffered.start(part) - 0.1 <= time && time < buffered.end(part) + 0.05) {
        return true;
      }
    }
    return false;
  }

  /** The picture on the screen, whatever the clock says. */
  _watch() {
    const seen = (_now, { mediaTime }) => {
      this.shown = this.zero + mediaTime * 1000;
      this.video.requestVideoFrameCallback(seen);
    };
    this.video.requestVideoFrameCallback(seen);
  }
}
