/** Thermal pictures in colours one may choose: brightness is warmth, the palette only shows it. */
import { gettext } from "../room/words.js";
import { Shaded } from "./gl.js";

/** Colours from cold to hot, evenly spread. */
export const PALETTES = {
  white: [[0, 0, 0], [255, 255, 255]],
  black: [[255, 255, 255], [0, 0, 0]],
  iron: [[0, 0, 10], [60, 0, 120], [180, 20, 110], [240, 110, 20], [255, 210, 60], [255, 255, 240]],
  arctic: [[5, 20, 60], [20, 90, 160], [120, 170, 190], [240, 190, 70], [255, 250, 210]],
};

export const nameOf = (palette) => ({
  white: gettext("White is hot"), black: gettext("Black is hot"), iron: gettext("Iron"), arctic: gettext("Arctic"),
})[palette];

/** The colour of a warmth. Pure; the shader does the same. @param {number[][]} palette @param {number} warmth 0..1 */
export function colour(palette, warmth) {
  const at = Math.min(1, Math.max(0, warmth)) * (palette.length - 1);
  const below = Math.min(palette.length - 2, Math.floor(at));
  return palette[below].map((from, n) => Math.round(from + (palette[below + 1][n] - from) * (at - below)));
}

const LOOK = { width: 160, height: 90 };
const LOOK_EVERY = 250;
const COLDEST = 0.02;
const HOTTEST = 0.998;
const NARROWEST = 0.08;
// Lines written into the picture by the camera lie along its edges: they are no heat.
const EDGE = 0.06;

const warmthAt = (rgba, n) => (0.2126 * rgba[n] + 0.7152 * rgba[n + 1] + 0.0722 * rgba[n + 2]) / 255;

/**
 * What a picture holds: its cold and hot ends without the outliers, and where it is hottest over a small patch.
 * @param {Uint8ClampedArray} rgba
 * @returns {{low: number, high: number, hot: {x: number, y: number, warmth: number}}} parts of the picture, y down
 */
export function measured(rgba, width, height) {
  const [top, bottom] = [Math.ceil(height * EDGE), Math.floor(height * (1 - EDGE))];
  const counts = new Uint32Array(256);
  let hot = { x: 0.5, y: 0.5, warmth: -1 };
  for (let y = top; y < bottom; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const n = (y * width + x) * 4;
      const here = warmthAt(rgba, n);
      counts[Math.round(here * 255)] += 1;
      if (here <= hot.warmth) continue;
      const patch = (here + warmthAt(rgba, n - 4) + warmthAt(rgba, n + 4) + warmthAt(rgba, n - width * 4) + warmthAt(rgba, n + width * 4)) / 5;
      if (patch > hot.warmth) hot = { x: (x + 0.5) / width, y: (y + 0.5) / height, warmth: patch };
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const level = (share) => {
    let left = total * share;
    return counts.findIndex((count) => (left -= count) <= 0) / 255;
  };
  const [low, high] = [level(COLDEST), level(HOTTEST)];
  return { low, high: Math.max(high, low + NARROWEST), hot };
}

const FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D picture;
uniform vec3 colours[8];
uniform int count;
uniform vec2 range;   // what is shown coldest and hottest
uniform float over;   // warmer than that is marked; 2 for nothing
in vec2 at;
out vec4 shown;
void main() {
  float told = dot(texture(picture, at).rgb, vec3(0.2126, 0.7152, 0.0722));
  float warm = clamp((told - range.x) / (range.y - range.x), 0.0, 1.0) * float(count - 1);
  int below = clamp(int(floor(warm)), 0, count - 2);
  vec3 tint = mix(colours[below], colours[below + 1], warm - float(below));
  shown = vec4(told > over ? vec3(0.35, 1.0, 0.45) * (0.55 + 0.45 * told) : tint, 1.0);
}`;

export class Thermal {
  /**
   * @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video
   * @param {{over?: HTMLCanvasElement | null}} [options] `over`: where the hottest point and the scale are drawn
   */
  constructor(canvas, video, { over = null } = {}) {
    Object.assign(this, { canvas, video, over, range: { low: 0, high: 1 }, hot: null, spot: true, spread: true, threshold: 2, measuredAt: 0 });
    this.shaded = new Shaded(canvas, video, FRAGMENT);
    this.small = new OffscreenCanvas(LOOK.width, LOOK.height).getContext("2d", { willReadFrequently: true });
    this.shaded.onPicture = () => this.measure();
    this.shaded.paint = () => this.paint();
    this.choose("iron");
  }

  /** @param {string} palette */
  choose(palette) {
    this.palette = PALETTES[palette];
    const { gl } = this.shaded;
    gl.uniform3fv(this.shaded.uniform("colours"), this.palette.flat().map((part) => part / 255));
    gl.uniform1i(this.shaded.uniform("count"), this.palette.length);
    this.shaded.draw();
  }

  /** Whether the palette is spread over what the picture holds, or over all a camera can send. @param {boolean} on */
  spreads(on) {
    this.spread = on;
    this.shaded.draw();
  }

  /** @param {boolean} on whether the hottest point is shown */
  spots(on) {
    this.spot = on;
    this.shaded.draw();
  }

  /** @param {number | null} part of the range above which everything is marked; null for nothing */
  marks(part) {
    this.part = part;
    this.shaded.draw();
  }

  measure() {
    const now = performance.now();
    if (now - this.measuredAt < LOOK_EVERY) return;
    this.measuredAt = now;
    this.small.drawImage(this.video, 0, 0, LOOK.width, LOOK.height);
    const { low, high, hot } = measured(this.small.getImageData(0, 0, LOOK.width, LOOK.height).data, LOOK.width, LOOK.height);
    // Followed slowly: a car that passes is not to make the whole street darker and lighter.
    const ease = this.hot ? 0.15 : 1;
    this.range = { low: this.range.low + (low - this.range.low) * ease, high: this.range.high + (high - this.range.high) * ease };
    this.hot = hot;
  }

  paint() {
    const { gl } = this.shaded;
    const { low, high } = this.spread ? this.range : { low: 0, high: 1 };
    const { x, y, width, height } = this.place(this.canvas.width, this.canvas.height);
    gl.clearColor(0.04, 0.05, 0.06, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.viewport(x, y, width, height);
    gl.uniform2f(this.shaded.uniform("range"), low, high);
    gl.uniform1f(this.shaded.uniform("over"), this.part ? low + (high - low) * this.part : 2);
    this.shaded.quad();
    if (this.over) this.mark(this.over);
  }

  /** @param {HTMLCanvasElement} over */
  mark(over) {
    const { width, height, clientWidth } = this.canvas;
    if (over.width !== width || over.height !== height) Object.assign(over, { width, height });
    const context = over.getContext("2d");
    const dots = width / (clientWidth || width);
    context.setTransform(dots, 0, 0, dots, 0, 0);
    context.clearRect(0, 0, width, height);
    this.scale(context, width / dots, height / dots);
    const { x, y, width: wide, height: high } = this.place(width / dots, height / dots);
    if (this.spot && this.hot) this.cross(context, x + this.hot.x * wide, y + this.hot.y * high);
  }

  /** Whole and undistorted in the middle of the canvas. */
  place(width, height) {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(width / videoWidth, height / videoHeight);
    const [wide, high] = [videoWidth * scale, videoHeight * scale];
    return { x: (width - wide) / 2, y: (height - high) / 2, width: wide, height: high };
  }

  /** The hottest point, in no unit: a camera that tells degrees would be needed for one. */
  cross(context, x, y) {
    for (const [style, wide] of [["#0a0d10", 4], ["#ffffff", 2]]) {
      context.strokeStyle = style;
      context.lineWidth = wide;
      context.beginPath();
      context.arc(x, y, 11, 0, 2 * Math.PI);
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + dx * 7, y + dy * 7);
        context.lineTo(x + dx * 17, y + dy * 17);
      }
      context.stroke();
    }
    this.words(context, gettext("hottest"), x + 20, y + 4);
  }

  scale(context, width, height) {
    const [wide, high, x, y] = [12, Math.min(220, height * 0.5), width - 30, height * 0.25];
    const ramp = context.createLinearGradient(0, y + high, 0, y);
    this.palette.forEach((tint, n) => ramp.addColorStop(n / (this.palette.length - 1), `rgb(${tint.join(" ")})`));
    context.fillStyle = ramp;
    context.fillRect(x, y, wide, high);
    context.strokeStyle = "#cfd9e2";
    context.lineWidth = 1;
    context.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1);
    this.words(context, gettext("hot"), x + wide, y - 8, "end");
    this.words(context, gettext("cold"), x + wide, y + high + 18, "end");
  }

  words(context, text, x, y, align = "start") {
    context.font = "12px IBM Plex Sans, system-ui, sans-serif";
    context.textAlign = align;
    context.lineWidth = 3;
    context.strokeStyle = "#0a0d10";
    context.strokeText(text, x, y);
    context.fillStyle = "#ffffff";
    context.fillText(text, x, y);
  }

  close() {
    this.shaded.close();
  }
}
