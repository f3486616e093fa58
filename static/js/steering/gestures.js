/** Fingers on the picture and on the keyboard, turned into moves. Shares of the picture, from its middle. */
import { el } from "../room/elements.js";

const BOX_FROM = 14;
const WHEEL = 1.25;
const WHEEL_REST = 140;
const SPEED = 0.5;
const FAST = 1;

/** Where a picture really is in its element: the rest is black bars. @param {HTMLVideoElement} video */
export function shown(video) {
  const box = video.getBoundingClientRect();
  const { videoWidth: w, videoHeight: h } = video;
  if (!w || !h) return box;
  const scale = Math.min(box.width / w, box.height / h);
  const [width, height] = [w * scale, h * scale];
  return new DOMRect(box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height);
}

/** @param {DOMRect} area @param {{clientX: number, clientY: number}} at */
export const share = (area, { clientX, clientY }) => {
  const within = (n) => Math.min(0.5, Math.max(-0.5, n));
  return [within((clientX - area.x) / area.width - 0.5), within((clientY - area.y) / area.height - 0.5)];
};

/** The speed the keys that are down ask for. @param {Set<string>} keys @param {boolean} fast */
export function speedOf(keys, fast) {
  const by = fast ? FAST : SPEED;
  const axis = (plus, minus) => (keys.has(plus) ? by : 0) - (keys.has(minus) ? by : 0);
  return { pan: axis("ArrowRight", "ArrowLeft"), tilt: axis("ArrowUp", "ArrowDown"), zoom: axis("+", "-") };
}

const KEYS = new Map([
  ["ArrowLeft", "ArrowLeft"], ["ArrowRight", "ArrowRight"], ["ArrowUp", "ArrowUp"], ["ArrowDown", "ArrowDown"],
  ["+", "+"], ["=", "+"], ["-", "-"], ["_", "-"],
]);

export class Gestures {
  /**
   * @param {HTMLElement} stage takes the focus @param {HTMLVideoElement} video
   * @param {import("./line.js").Line} line
   */
  constructor(stage, video, line) {
    Object.assign(this, { stage, video, line, keys: new Set(), wheel: 1 });
    this.box = el("div", { class: "drag-box", hidden: true, "aria-hidden": "true" });
    stage.append(this.box);
    this.off = new AbortController();
    const on = (name, does, target = stage) => target.addEventListener(name, does, { signal: this.off.signal });
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.drag(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", () => this.drop());
    on("wheel", (event) => this.roll(event));
    on("keydown", (event) => this.key(event, true));
    on("keyup", (event) => this.key(event, false));
    on("blur", () => this.release());
    on("blur", () => this.release(), /** @type {any} */ (window));
    on("visibilitychange", () => document.hidden && this.release(), /** @type {any} */ (document));
  }

  close() {
    this.off.abort();
    this.release();
    this.box.remove();
  }

  release() {
    this.keys.clear();
    this.line.stop();
  }

  down(event) {
    if (event.button !== 0 || event.target.closest("button")) return;
    event.preventDefault();
    this.stage.focus();
    this.from = event;
    this.stage.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.from) return;
    const far = Math.hypot(event.clientX - this.from.clientX, event.clientY - this.from.clientY) > BOX_FROM;
    this.box.hidden = !far;
    if (!far) return;
    const at = this.stage.getBoundingClientRect();
    const [x, y] = [Math.min(event.clientX, this.from.clientX), Math.min(event.clientY, this.from.clientY)];
    Object.assign(this.box.style, {
      left: `${x - at.x}px`, top: `${y - at.y}px`,
      width: `${Math.abs(event.clientX - this.from.clientX)}px`, height: `${Math.abs(event.clientY - this.from.clientY)}px`,
    });
  }

  /** A click centres; a box becomes the whole picture. */
  up(event) {
    const { from } = this;
    if (!from) return;
    this.drop();
    const area = shown(this.video);
    const [x1, y1] = share(area, from);
    const [x2, y2] = share(area, event);
    const boxed = Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > BOX_FROM;
    if (boxed) this.line.centre((x1 + x2) / 2, (y1 + y2) / 2, Math.max(0.05, Math.abs(x2 - x1), Math.abs(y2 - y1)));
    else this.line.centre(x2, y2);
  }

  drop() {
    this.from = null;
    this.box.hidden = true;
  }

  /** A roll of the wheel is one move: a device takes each of them anew. */
  roll(event) {
    event.preventDefault();
    this.wheel *= event.deltaY > 0 ? WHEEL : 1 / WHEEL;
    clearTimeout(this.rolling);
    this.rolling = setTimeout(() => {
      this.line.centre(0, 0, this.wheel);
      this.wheel = 1;
    }, WHEEL_REST);
  }

  key(event, down) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.stage) return;
    if (event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      this.keys.clear();
      if (down && !event.repeat) this.line.halt();
      return;
    }
    const name = KEYS.get(event.key);
    if (!name) return;
    event.preventDefault();
    event.stopPropagation();
    if (down) this.keys.add(name);
    else this.keys.delete(name);
    this.line.move(speedOf(this.keys, event.shiftKey));
  }
}
