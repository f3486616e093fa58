/** A 360° camera seen as through ordinary ones: turn by dragging, closer by the wheel, several views of one stream. */
import { circleIn, middle } from "./circle.js";
import { Shaded } from "./gl.js";

export const FIELD = 180;
const WIDEST = 100;
const NARROWEST = 15;
const LOOK_FOR_RIM = 320;
const LOOK_AGAIN = 20_000;
const INSET = 0.27;
const MARGIN = 10;
const LINE = "#5ab0ff";
const FAINT = "rgb(207 217 226 / 65%)";
const radians = (degrees) => (degrees * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

/** @typedef {{pan: number, tilt: number, zoom: number}} Aim degrees: round the axis, away from it, width of the view */

/** The first looks up in the round picture, which is where the camera was put up to look. @param {number} count 1 or 4 @returns {Aim[]} */
export const views = (count) => [...Array(count).keys()].map((n) => ({ pan: (90 + (360 / count) * n) % 360, tilt: 45, zoom: count === 1 ? 70 : 60 }));

/** @param {Aim} aim @param {{pan?: number, tilt?: number, zoom?: number}} by @returns {Aim} */
export const turned = (aim, { pan = 0, tilt = 0, zoom = 1 }) => ({
  pan: (((aim.pan + pan) % 360) + 360) % 360,
  tilt: Math.min(85, Math.max(0, aim.tilt + tilt)),
  zoom: Math.min(WIDEST, Math.max(NARROWEST, aim.zoom * zoom)),
});

/** The ray a point of a view looks along: x and y across the axis, z along it. */
function ray({ pan, tilt, zoom }, x, y) {
  const [p, t, half] = [radians(pan), radians(tilt), Math.tan(radians(zoom) / 2)];
  const forward = [Math.sin(t) * Math.cos(p), Math.sin(t) * Math.sin(p), Math.cos(t)];
  const up = [Math.cos(t) * Math.cos(p), Math.cos(t) * Math.sin(p), -Math.sin(t)];
  const right = [Math.sin(p), -Math.cos(p), 0];
  const along = forward.map((f, n) => f + half * (x * right[n] + y * up[n]));
  const long = Math.hypot(...along);
  return along.map((part) => part / long);
}

/**
 * Where the round picture shows what a view sees. Equidistant: the angle from the axis grows with the radius.
 * Pure; the shader does the same. The camera looks down, and up in the view is away from the axis.
 * @param {Aim} aim
 * @param {number} x -1 left .. 1 right @param {number} y -1 bottom .. 1 top, both in units of half the view's width
 * @param {number} field of the lens, degrees
 * @returns {{x: number, y: number, inside: boolean}} in units of the circle's radius, y up
 */
export function project(aim, x, y, field = FIELD) {
  const [along, across, down] = ray(aim, x, y);
  const r = Math.acos(Math.min(1, Math.max(-1, down))) / radians(field / 2);
  const flat = Math.hypot(along, across) || 1;
  return { x: (r * along) / flat, y: (r * across) / flat, inside: r <= 1 };
}

/** The aim whose middle is this point of the round picture. @param {Aim} aim @param {number} x @param {number} y units of its radius, y up */
export function aimedAt(aim, x, y, field = FIELD) {
  return turned({ ...aim, pan: degrees(Math.atan2(y, x)), tilt: Math.hypot(x, y) * (field / 2) }, {});
}

/** The same point stays under the hand. @param {Aim} aim @param {[number, number]} from @param {[number, number]} to in the view's units @returns {Aim} */
export function dragged(aim, from, to) {
  const [held] = [ray(aim, ...from)];
  let next = aim;
  for (let step = 0; step < 4; step += 1) {
    const now = ray(next, ...to);
    const [tilt, wanted] = [Math.acos(now[2]), Math.acos(held[2])];
    const pan = Math.atan2(held[1], held[0]) - Math.atan2(now[1], now[0]);
    // Near the axis all directions meet: there a hand turns slowly.
    const firm = Math.min(1, Math.sin(tilt) * 2);
    next = turned(next, { pan: degrees(Math.atan2(Math.sin(pan), Math.cos(pan))) * firm, tilt: degrees(wanted - tilt) });
  }
  return next;
}

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform vec3 aim;      // pan, tilt, zoom in radians
uniform vec2 centre;   // of the round picture, 0 to 1, y up
uniform vec2 circle;   // radius of the round picture in units of its width and height
uniform float field;
uniform float ratio;   // height of the view by its width
in vec2 at;
out vec4 shown;
void main() {
  vec2 v = (at * 2.0 - 1.0) * vec2(1.0, ratio) * tan(aim.z * 0.5);
  vec3 forward = vec3(sin(aim.y) * cos(aim.x), sin(aim.y) * sin(aim.x), cos(aim.y));
  vec3 up = vec3(cos(aim.y) * cos(aim.x), cos(aim.y) * sin(aim.x), -sin(aim.y));
  vec3 right = vec3(sin(aim.x), -cos(aim.x), 0.0);
  vec3 ray = normalize(forward + v.x * right + v.y * up);
  float r = acos(clamp(ray.z, -1.0, 1.0)) / (field * 0.5);
  vec2 flat2 = length(ray.xy) > 0.0 ? normalize(ray.xy) : vec2(0.0);
  shown = r > 1.0 ? vec4(0.04, 0.05, 0.06, 1.0) : texture(picture, centre + r * flat2 * circle);
}`;

export class Panorama {
  /**
   * @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video
   * @param {{field?: number, azimuth?: number | null, over?: HTMLCanvasElement | null, onTurn?: (panorama: Panorama) => void}} [options] `over`: where frames and the small round picture are drawn
   */
  constructor(canvas, video, { field = FIELD, azimuth = null, over = null, onTurn = () => {} } = {}) {
    Object.assign(this, { canvas, video, field, azimuth, over, onTurn, aims: views(1), chosen: 0, circle: null, soughtAt: -LOOK_AGAIN });
    this.shaded = new Shaded(canvas, video, FRAGMENT);
    this.shaded.paint = () => this.paint();
    this.shaded.onPicture = () => this.seek();
    canvas.addEventListener("pointerdown", (event) => this.hold(event));
    canvas.addEventListener("wheel", (event) => this.closer(event), { passive: false });
    canvas.addEventListener("dblclick", (event) => this.centre(event));
  }

  /** @param {number} count 1 or 4 */
  split(count) {
    const kept = this.aims[this.chosen];
    this.aims = views(count);
    this.chosen = 0;
    if (count === 1) this.aims[0] = { ...kept, zoom: Math.max(kept.zoom, 60) };
    this.changed();
  }

  /** @param {number} index */
  choose(index) {
    if (!this.aims[index]) return;
    this.chosen = index;
    this.changed();
  }

  /** @param {number} index @param {{pan?: number, tilt?: number, zoom?: number}} by */
  turn(index, by) {
    this.aims[index] = turned(this.aims[index], by);
    this.changed();
  }

  /** @param {number} index @param {Aim} aim */
  aim(index, aim) {
    this.aims[index] = turned(aim, {});
    this.changed();
  }

  /** Of a direction in the round picture, on the ground; as it is where the camera's own is not known. @param {number} pan */
  bearing(pan) {
    return this.azimuth === null ? pan : (this.azimuth + 90 - pan + 720) % 360;
  }

  /** Look there. @param {number} bearing degrees clockwise from north */
  towards(bearing) {
    if (this.azimuth !== null) this.aim(this.chosen, { ...this.aims[this.chosen], pan: this.azimuth + 90 - bearing });
  }

  reset() {
    this.aims = views(this.aims.length);
    this.changed();
  }

  /** @param {number} field degrees the lens sees from rim to rim */
  lens(field) {
    this.field = field;
    this.changed();
  }

  changed() {
    this.shaded.draw();
    this.onTurn(this);
  }

  close() {
    this.shaded.close();
  }

  /** The round picture in its frame: looked for now and then, as a camera may be set anew. */
  seek() {
    const { videoWidth, videoHeight } = this.video;
    const now = performance.now();
    if (now - this.soughtAt < LOOK_AGAIN && this.frame === `${videoWidth}x${videoHeight}`) return;
    this.soughtAt = now;
    this.frame = `${videoWidth}x${videoHeight}`;
    const scale = Math.min(1, LOOK_FOR_RIM / videoWidth);
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, width, height);
    const found = circleIn(context.getImageData(0, 0, width, height).data, width, height);
    if (found) this.circle = { x: found.x / scale, y: found.y / scale, radius: found.radius / scale };
    else this.circle ??= middle(videoWidth, videoHeight);
  }

  get side() {
    return Math.sqrt(this.aims.length);
  }

  paint() {
    const { gl } = this.shaded;
    const { side, circle } = this;
    const [width, height] = [this.canvas.width / side, this.canvas.height / side];
    const { videoWidth, videoHeight } = this.video;
    if (!circle) return;
    gl.uniform2f(this.shaded.uniform("centre"), circle.x / videoWidth, 1 - circle.y / videoHeight);
    gl.uniform2f(this.shaded.uniform("circle"), circle.radius / videoWidth, circle.radius / videoHeight);
    gl.uniform1f(this.shaded.uniform("field"), radians(this.field));
    gl.uniform1f(this.shaded.uniform("ratio"), height / width);
    this.aims.forEach(({ pan, tilt, zoom }, n) => {
      gl.viewport((n % side) * width, this.canvas.height - (Math.floor(n / side) + 1) * height, width, height);
      gl.uniform3f(this.shaded.uniform("aim"), radians(pan), radians(tilt), radians(zoom));
      this.shaded.quad();
    });
    if (this.over) this.mark(this.over);
  }

  // What lies over the views

  /** Where the small round picture lies, in points of the page. */
  get inset() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const size = Math.round(Math.max(96, Math.min(width, height) * INSET));
    return { x: width - size - MARGIN, y: height - size - MARGIN, size };
  }

  /** @param {HTMLCanvasElement} over */
  mark(over) {
    const { width, height, clientWidth } = this.canvas;
    if (over.width !== width || over.height !== height) Object.assign(over, { width, height });
    const context = over.getContext("2d");
    const dots = width / (clientWidth || width);
    context.setTransform(dots, 0, 0, dots, 0, 0);
    context.clearRect(0, 0, width, height);
    this.frames(context, width / dots, height / dots);
    this.small(context);
  }

  frames(context, width, height) {
    const { side } = this;
    context.font = "12px IBM Plex Sans, system-ui, sans-serif";
    this.aims.forEach(({ pan, zoom }, n) => {
      const [w, h] = [width / side, height / side];
      const [x, y] = [(n % side) * w, Math.floor(n / side) * h];
      if (side > 1) {
        context.strokeStyle = n === this.chosen ? LINE : "#0c1116";
        context.lineWidth = 2;
        context.strokeRect(x + 1, y + 1, w - 2, h - 2);
      }
      const words = `${side > 1 ? `${n + 1} · ` : ""}${Math.round(this.bearing(pan))}° · ×${(WIDEST / zoom).toFixed(1)}`;
      context.fillStyle = "rgb(10 13 16 / 72%)";
      context.fillRect(x + 8, y + h - 28, context.measureText(words).width + 12, 20);
      context.fillStyle = n === this.chosen ? "#cfe6ff" : "#cfd9e2";
      context.fillText(words, x + 14, y + h - 14);
    });
  }

  /** The round picture with what each view takes of it: where one looks is never a riddle. */
  small(context) {
    const { x, y, size } = this.inset;
    const { circle } = this;
    const r = size / 2;
    context.save();
    context.beginPath();
    context.arc(x + r, y + r, r, 0, 2 * Math.PI);
    context.fillStyle = "#0a0d10";
    context.fill();
    context.clip();
    context.drawImage(this.video, circle.x - circle.radius, circle.y - circle.radius, 2 * circle.radius, 2 * circle.radius, x, y, size, size);
    const ratio = this.canvas.clientHeight / this.canvas.clientWidth;
    this.aims.forEach((aim, n) => {
      context.beginPath();
      for (const [u, v] of outline(ratio)) {
        const at = project(aim, u, v, this.field);
        context.lineTo(x + r + at.x * r, y + r - at.y * r);
      }
      context.closePath();
      context.strokeStyle = n === this.chosen ? LINE : FAINT;
      context.lineWidth = n === this.chosen ? 2 : 1.2;
      context.stroke();
    });
    context.restore();
    context.beginPath();
    context.arc(x + r, y + r, r, 0, 2 * Math.PI);
    context.strokeStyle = FAINT;
    context.lineWidth = 1;
    context.stroke();
    if (this.azimuth !== null) {
      const north = radians(this.azimuth + 90);
      context.fillStyle = "#cfd9e2";
      context.fillText("N", x + r + Math.cos(north) * (r - 10) - 4, y + r - Math.sin(north) * (r - 10) + 4);
    }
  }

  // By hand

  /** Which view lies under the pointer, and where in it, in the view's units. */
  under({ offsetX, offsetY }) {
    const { side } = this;
    const { clientWidth, clientHeight } = this.canvas;
    const [w, h] = [clientWidth / side, clientHeight / side];
    const [column, row] = [offsetX / w, offsetY / h].map((at) => Math.min(side - 1, Math.max(0, Math.floor(at))));
    return {
      index: row * side + column,
      at: /** @type {[number, number]} */ ([((offsetX - column * w) / w) * 2 - 1, (1 - ((offsetY - row * h) / h) * 2) * (h / w)]),
    };
  }

  /** @returns {[number, number] | null} the point of the small round picture under the pointer, in units of its radius, y up */
  underSmall({ offsetX, offsetY }) {
    if (!this.over) return null;
    const { x, y, size } = this.inset;
    const at = [(offsetX - x) / (size / 2) - 1, 1 - (offsetY - y) / (size / 2)];
    return Math.hypot(...at) <= 1 ? /** @type {[number, number]} */ (at) : null;
  }

  hold(event) {
    if (event.button !== 0) return;
    const { index, at: from } = this.under(event);
    const inSmall = this.underSmall(event) !== null;
    if (!inSmall) this.choose(index);
    const before = this.aims[index];
    const move = (moved) => {
      if (inSmall) {
        const point = this.underSmall(moved);
        if (point) this.aim(this.chosen, aimedAt(this.aims[this.chosen], ...point, this.field));
        return;
      }
      const { at } = this.within(moved, index);
      this.aim(index, dragged(before, from, at));
    };
    if (inSmall) move(event);
    this.canvas.setPointerCapture(event.pointerId);
    const over = new AbortController();
    this.canvas.addEventListener("pointermove", move, { signal: over.signal });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.canvas.addEventListener(end, () => over.abort(), { signal: over.signal });
    }
  }

  /** As `under`, for a pointer that may have left the view it holds. */
  within({ offsetX, offsetY }, index) {
    const { side } = this;
    const { clientWidth, clientHeight } = this.canvas;
    const [w, h] = [clientWidth / side, clientHeight / side];
    const [column, row] = [index % side, Math.floor(index / side)];
    return { at: /** @type {[number, number]} */ ([((offsetX - column * w) / w) * 2 - 1, (1 - ((offsetY - row * h) / h) * 2) * (h / w)]) };
  }

  /** Closer to what lies under the pointer. */
  closer(event) {
    event.preventDefault();
    event.stopPropagation();
    const { index, at } = this.under(event);
    this.chosen = index;
    const before = this.aims[index];
    const next = turned(before, { zoom: event.deltaY > 0 ? 1.12 : 1 / 1.12 });
    const scale = Math.tan(radians(before.zoom) / 2) / Math.tan(radians(next.zoom) / 2);
    this.aim(index, dragged(next, [at[0] * scale, at[1] * scale], at));
  }

  centre(event) {
    event.stopPropagation();
    if (this.underSmall(event)) return;
    const { index, at } = this.under(event);
    this.aim(index, dragged(this.aims[index], at, [0, 0]));
  }
}

/** Points along the frame of a view, in its units. */
function outline(ratio) {
  const steps = [...Array(12).keys()].map((n) => (n / 12) * 2 - 1);
  return [
    ...steps.map((t) => [t, ratio]), ...steps.map((t) => [1, -t * ratio]),
    ...steps.map((t) => [-t, -ratio]), ...steps.map((t) => [-1, t * ratio]),
  ];
}
