/** A 360° camera seen as through ordinary ones: turn by dragging, closer by the wheel, several views of one stream. */
import { Shaded } from "./gl.js";

const FIELD = 140; // of the drawn crossing; a lens of 180° is told by the camera's record
const WIDEST = 100;
const NARROWEST = 15;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** @typedef {{pan: number, tilt: number, zoom: number}} Aim degrees: round the axis, away from it, width of the view */

/** @param {number} count 1 or 4 @returns {Aim[]} */
export const views = (count) => [...Array(count).keys()].map((n) => ({ pan: (360 / count) * n, tilt: 45, zoom: count === 1 ? 70 : 60 }));

/** @param {Aim} aim @param {{pan?: number, tilt?: number, zoom?: number}} by @returns {Aim} */
export const turned = (aim, { pan = 0, tilt = 0, zoom = 1 }) => ({
  pan: (((aim.pan + pan) % 360) + 360) % 360,
  tilt: Math.min(85, Math.max(0, aim.tilt + tilt)),
  zoom: Math.min(WIDEST, Math.max(NARROWEST, aim.zoom * zoom)),
});

/**
 * Where the round picture shows what a view sees. Equidistant: the angle from the axis grows with the radius.
 * Pure; the shader does the same. The camera looks down, and up in the view is away from the axis.
 * @param {Aim} aim
 * @param {number} x -1 left .. 1 right @param {number} y -1 bottom .. 1 top, both in units of half the view's width
 * @param {number} field of the lens, degrees
 * @returns {{x: number, y: number, inside: boolean}} in units of the circle's radius, y up
 */
export function project({ pan, tilt, zoom }, x, y, field = FIELD) {
  const [p, t, half] = [radians(pan), radians(tilt), Math.tan(radians(zoom) / 2)];
  const forward = [Math.sin(t) * Math.cos(p), Math.sin(t) * Math.sin(p), Math.cos(t)];
  const up = [Math.cos(t) * Math.cos(p), Math.cos(t) * Math.sin(p), -Math.sin(t)];
  const right = [Math.sin(p), -Math.cos(p), 0];
  const ray = forward.map((f, n) => f + half * (x * right[n] + y * up[n]));
  const long = Math.hypot(...ray);
  const angle = Math.acos(ray[2] / long);
  const r = angle / radians(field / 2);
  const flat = Math.hypot(ray[0], ray[1]) || 1;
  return { x: (r * ray[0]) / flat, y: (r * ray[1]) / flat, inside: r <= 1 };
}

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform vec3 aim;      // pan, tilt, zoom in radians
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
  float r = acos(ray.z) / (field * 0.5);
  vec2 flat2 = length(ray.xy) > 0.0 ? normalize(ray.xy) : vec2(0.0);
  shown = r > 1.0 ? vec4(0.04, 0.05, 0.06, 1.0) : texture(picture, vec2(0.5) + r * flat2 * circle);
}`;

export class Panorama {
  /** @param {HTMLCanvasElement} canvas @param {HTMLVideoElement} video @param {{field?: number}} [lens] */
  constructor(canvas, video, { field = FIELD } = {}) {
    Object.assign(this, { canvas, video, field, aims: views(1) });
    this.shaded = new Shaded(canvas, video, FRAGMENT);
    this.shaded.paint = () => this.paint();
    canvas.addEventListener("pointerdown", (event) => this.hold(event));
    canvas.addEventListener("wheel", (event) => this.closer(event), { passive: false });
  }

  /** @param {number} count 1 or 4 */
  split(count) {
    this.aims = views(count);
    this.shaded.draw();
  }

  /** @param {number} index @param {{pan?: number, tilt?: number, zoom?: number}} by */
  turn(index, by) {
    this.aims[index] = turned(this.aims[index], by);
    this.shaded.draw();
  }

  close() {
    this.shaded.close();
  }

  paint() {
    const { gl } = this.shaded;
    const side = Math.sqrt(this.aims.length);
    const [width, height] = [this.canvas.width / side, this.canvas.height / side];
    const { videoWidth, videoHeight } = this.video;
    const radius = Math.min(videoWidth, videoHeight) / 2;
    gl.uniform2f(this.shaded.uniform("circle"), radius / videoWidth, radius / videoHeight);
    gl.uniform1f(this.shaded.uniform("field"), radians(this.field));
    gl.uniform1f(this.shaded.uniform("ratio"), height / width);
    this.aims.forEach(({ pan, tilt, zoom }, n) => {
      gl.viewport((n % side) * width, this.canvas.height - (Math.floor(n / side) + 1) * height, width, height);
      gl.uniform3f(this.shaded.uniform("aim"), radians(pan), radians(tilt), radians(zoom));
      this.shaded.quad();
    });
  }

  /** Which view lies under the pointer. */
  under({ offsetX, offsetY }) {
    const side = Math.sqrt(this.aims.length);
    const column = Math.min(side - 1, Math.floor((offsetX / this.canvas.clientWidth) * side));
    return Math.min(side - 1, Math.floor((offsetY / this.canvas.clientHeight) * side)) * side + column;
  }

  hold(event) {
    const index = this.under(event);
    this.canvas.setPointerCapture(event.pointerId);
    const drag = ({ movementX, movementY }) => {
      const degrees = this.aims[index].zoom / (this.canvas.clientWidth / Math.sqrt(this.aims.length));
      this.turn(index, { pan: movementX * degrees, tilt: movementY * degrees });
    };
    this.canvas.addEventListener("pointermove", drag);
    this.canvas.addEventListener("pointerup", () => this.canvas.removeEventListener("pointermove", drag), { once: true });
  }

  closer(event) {
    event.preventDefault();
    this.turn(this.under(event), { zoom: event.deltaY > 0 ? 1.12 : 1 / 1.12 });
  }
}
