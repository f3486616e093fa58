/** Areas drawn on the pictures: what stays sharp in a blurred copy. Drawn again at another moment, an area moves there. */

import { fill, gettext } from "../room/words.js";

const SVG = "http://www.w3.org/2000/svg";
const LEAST = 0.02;
/** What the keyboard begins with, and how far one press goes. */
const FIRST = [0.4, 0.4, 0.2, 0.2];
const PRESS = 0.02;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * One press of an arrow: the area moves, with Shift its far edges do; it stays in the picture.
 * @param {number[]} box @param {string} key @param {boolean} sized @returns {number[]}
 */
export function pressed([left, top, width, height], key, sized) {
  const [across, down] = ARROWS[key];
  const within = (value, least, most) => Math.min(most, Math.max(least, value));
  if (sized) return [left, top, within(width + across * PRESS, LEAST, 1 - left), within(height + down * PRESS, LEAST, 1 - top)];
  return [within(left + across * PRESS, 0, 1 - width), within(top + down * PRESS, 0, 1 - height), width, height];
}

/** @typedef {{at: number, box: [number, number, number, number], track: number}} Area parts of the picture */

/** Where the picture stands in its frame, black edges left out. @param {HTMLVideoElement} video @returns {[number, number, number, number]} px */
export function placeOf({ clientWidth, clientHeight, videoWidth, videoHeight }) {
  if (!videoWidth || !videoHeight) return [0, 0, clientWidth, clientHeight];
  const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight);
  const [width, height] = [videoWidth * scale, videoHeight * scale];
  return [(clientWidth - width) / 2, (clientHeight - height) / 2, width, height];
}

/**
 * The areas of one camera at a moment, as the copy will have them: one that was drawn once is there all the time,
 * one that was drawn several times moves straight from place to place.
 * @param {Area[]} areas @param {number} at @returns {[number, number, number, number][]}
 */
export function areasAt(areas, at) {
  const tracks = new Map();
  for (const area of [...areas].sort((one, other) => one.at - other.at)) {
    tracks.set(area.track, [...(tracks.get(area.track) ?? []), area]);
  }
  return [...tracks.values()].map((points) => boxAt(points, at)).filter(Boolean);
}

function boxAt(points, at) {
  if (points.length === 1) return points[0].box;
  const next = points.findIndex((point) => point.at >= at);
  if (next < 0 || (next === 0 && points[0].at > at)) return null;
  if (points[next].at === at) return points[next].box;
  const [one, other] = [points[next - 1], points[next]];
  const part = (at - one.at) / (other.at - one.at);
  return one.box.map((value, side) => value + (other.box[side] - value) * part);
}

export class Areas {
  /** @param {HTMLElement[]} figures @param {{clock: import("./clock.js").Clock, onDrawn: () => void}} options */
  constructor(figures, { clock, onDrawn }) {
    Object.assign(this, { clock, onDrawn });
    /** @type {Map<string, Area[]>} by code of the camera */
    this.known = new Map();
    this.drawing = false;
    this.track = 1;
    this.figures = figures;
    for (const figure of figures) this.listen(figure);
  }

  listen(figure) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "film-areas");
    svg.setAttribute("aria-hidden", "true");
    figure.append(svg);
    svg.addEventListener("keydown", (event) => this.key(figure, event));
    svg.addEventListener("blur", () => {
      this.draft = null;
    });
    let from = null;
    svg.addEventListener("pointerdown", (event) => {
      from = this.inPicture(figure, event);
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      if (from) this.draft = { figure, box: boxOf(from, this.inPicture(figure, event)) };
    });
    svg.addEventListener("pointerup", (event) => {
      const box = from && boxOf(from, this.inPicture(figure, event));
      from = this.draft = null;
      if (box && box[2] >= LEAST && box[3] >= LEAST) this.take(figure.querySelector(".film-name").textContent, box);
    });
  }

  /** @param {string} code @param {[number, number, number, number]} box */
  take(code, box) {
    const others = (this.known.get(code) ?? []).filter((area) => area.at !== this.clock.at || area.track !== this.track);
    this.known.set(code, [...others, { at: this.clock.at, box, track: this.track }]);
    this.onDrawn();
  }

  /** @param {HTMLElement} figure @param {KeyboardEvent} event */
  key(figure, event) {
    if (!this.drawing || event.ctrlKey || event.metaKey || event.altKey) return;
    const code = figure.querySelector(".film-name").textContent;
    if (event.key in ARROWS) {
      const known = areasAt((this.known.get(code) ?? []).filter(({ track }) => track === this.track), this.clock.at);
      const box = this.draft?.figure === figure ? pressed(this.draft.box, event.key, event.shiftKey) : known[0] ?? FIRST;
      this.draft = { figure, box: /** @type {[number, number, number, number]} */ (box) };
    } else if (event.key === "Enter" && this.draft) {
      this.take(code, this.draft.box);
      this.draft = null;
    } else if (event.key === "Escape" && this.draft) this.draft = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  inPicture(figure, event) {
    const video = figure.querySelector("video");
    const { left, top } = video.getBoundingClientRect();
    const [x, y, width, height] = placeOf(video);
    const within = (part) => Math.min(1, Math.max(0, part));
    return [within((event.clientX - left - x) / width), within((event.clientY - top - y) / height)];
  }

  /** @param {boolean} on @returns {boolean} */
  draw(on = !this.drawing) {
    this.drawing = on;
    document.body.classList.toggle("drawing-areas", on);
    for (const figure of this.figures) {
      const svg = figure.querySelector(".film-areas");
      const name = fill(gettext("Area on the picture of %(camera)s"), { camera: figure.querySelector(".film-name").textContent });
      for (const [key, value] of Object.entries({ tabindex: "0", role: "application", "aria-label": name })) {
        if (on) svg.setAttribute(key, value);
        else svg.removeAttribute(key);
      }
      if (on) svg.removeAttribute("aria-hidden");
      else svg.setAttribute("aria-hidden", "true");
    }
    if (on) this.figures.find(({ hidden }) => !hidden)?.querySelector(".film-areas").focus();
    else this.draft = null;
    return on;
  }

  /** Another person or thing: what is drawn from now on is an area of its own. */
  another() {
    this.track += 1;
  }

  clear() {
    this.known.clear();
    this.track = 1;
    this.onDrawn();
  }

  get count() {
    return [...this.known.values()].reduce((sum, areas) => sum + areas.length, 0);
  }

  /** As the form of an extraction takes them. */
  said() {
    return Object.fromEntries([...this.known].map(([code, areas]) => [
      code,
      areas.map(({ at, box, track }) => ({ at: new Date(at).toISOString(), box: box.map((part) => Math.round(part * 1e4) / 1e4), track })),
    ]));
  }

  /** Called with every picture of the screen. @param {HTMLElement} figure @param {string} code */
  show(figure, code) {
    const svg = figure.querySelector(".film-areas");
    const boxes = areasAt(this.known.get(code) ?? [], this.clock.at);
    if (this.draft?.figure === figure) boxes.push(this.draft.box);
    const place = placeOf(figure.querySelector("video"));
    const drawn = JSON.stringify([boxes, place]);
    if (svg.dataset.drawn === drawn) return;
    svg.dataset.drawn = drawn;
    svg.replaceChildren(...boxes.map(([left, top, width, height]) => {
      const rect = document.createElementNS(SVG, "rect");
      const [x, y, wide, high] = place;
      for (const [name, value] of Object.entries({ x: x + left * wide, y: y + top * high, width: width * wide, height: height * high })) rect.setAttribute(name, String(value));
      return rect;
    }));
  }
}

function boxOf([x1, y1], [x2, y2]) {
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}
