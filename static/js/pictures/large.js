/** One picture large over the map: the main stream, with what its kind of camera allows. */
import { el, mark } from "../room/elements.js";
import { fill, gettext } from "../room/words.js";
import { Panorama } from "./panorama.js";
import { Picture } from "./picture.js";
import { PALETTES, Thermal, nameOf } from "./thermal.js";

const STEP = 6;

export class Large {
  /** @param {HTMLElement} over @param {{now: () => number}} options */
  constructor(over, { now }) {
    Object.assign(this, { over, now, root: null });
  }

  get isOpen() {
    return this.root !== null;
  }

  /** @param {{code: string, name: string, look: import("./looks.js").Look}} what */
  open({ code, name, look }) {
    this.close();
    this.before = /** @type {HTMLElement} */ (document.activeElement);
    this.code = code;
    this.picture = new Picture({ code, now: this.now });
    const back = el("button", { class: "btn", type: "button", onclick: () => this.close() }, gettext("Back"), " ", el("kbd", null, gettext("Esc")));
    this.tools = el("div", { class: "how", role: "group", "aria-label": gettext("How it is shown") });
    this.stage = el("div", { class: "stage" }, this.picture.root);
    this.root = el("section", { class: "large-picture", "aria-label": fill(gettext("Large picture of %(camera)s"), { camera: code }) },
      el("header", null, el("h2", null, `${code} · ${name}`), this.tools, back), this.stage);
    this.over.append(this.root);
    this.special(look.shows);
    this.picture.play(look, "main");
    back.focus();
  }

  /** @returns {boolean} whether there was one */
  close() {
    if (!this.root) return false;
    this.effect?.close();
    this.effect = null;
    this.picture.close();
    this.root.remove();
    this.root = null;
    if (this.before?.isConnected) this.before.focus();
    else /** @type {HTMLElement | null} */ (document.querySelector(`[data-camera="${CSS.escape(this.code)}"]`))?.focus();
    return true;
  }

  special(shows) {
    if (!["panoramic", "thermal"].includes(shows)) return;
    const canvas = /** @type {HTMLCanvasElement} */ (el("canvas", { class: "effect", tabindex: shows === "panoramic" ? "0" : null }));
    try {
      this.effect = shows === "thermal" ? new Thermal(canvas, this.picture.video) : new Panorama(canvas, this.picture.video);
    } catch {
      return; // no WebGL here: the picture as the camera sends it
    }
    this.picture.video.after(canvas);
    mark(this.picture.root, "data-effect", shows);
    if (shows === "thermal") this.palettes();
    else this.views(canvas);
  }

  palettes() {
    this.choices(Object.keys(PALETTES).map((name) => [nameOf(name), () => this.effect.choose(name)]), 2);
  }

  views(canvas) {
    mark(this.picture.root, "role", "group"); // it takes keys
    mark(canvas, "role", "img");
    mark(canvas, "aria-label", gettext("Arrows turn the view, + and − bring it closer"));
    this.choices([
      [gettext("As it comes"), () => mark(this.picture.root, "data-effect", "none")],
      [gettext("One view"), () => this.split(1)],
      [gettext("Four views"), () => this.split(4)],
    ], 1);
    canvas.addEventListener("keydown", (event) => {
      const by = {
        ArrowLeft: { pan: STEP }, ArrowRight: { pan: -STEP }, ArrowUp: { tilt: STEP }, ArrowDown: { tilt: -STEP },
        "+": { zoom: 1 / 1.15 }, "-": { zoom: 1.15 },
      }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      this.effect.turn(0, by);
    });
  }

  split(count) {
    mark(this.picture.root, "data-effect", "panoramic");
    this.effect.split(count);
  }

  choices(all, chosen) {
    const buttons = all.map(([label, act], n) => el("button", {
      class: "btn", type: "button", "aria-pressed": String(n === chosen),
      onclick: () => {
        buttons.forEach((one, at) => mark(one, "aria-pressed", String(at === n)));
        act();
      },
    }, label));
    this.tools.append(...buttons);
  }
}
