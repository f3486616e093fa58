/** What a kind of camera allows besides looking at it: turning in the picture of a 360° one, colours for a thermal one. */
import { el, mark } from "../room/elements.js";
import { gettext } from "../room/words.js";
import { FIELD, Panorama } from "./panorama.js";
import { PALETTES, Thermal, nameOf } from "./thermal.js";

const STEP = 6;
const FINE = 1.5;
const LENSES = [140, 160, 180, 185, 200];
const DRAWN_LENS = 140; // of the drawn crossing (footage/scenes/looks.py)
const MARKED_ABOVE = 0.85;

/** Buttons of which one is pressed. @param {[string, () => void][]} all @param {number} chosen */
function choices(all, chosen) {
  const buttons = all.map(([label, act], n) => el("button", {
    class: "btn", type: "button", "aria-pressed": String(n === chosen),
    onclick: () => {
      buttons.forEach((one, at) => mark(one, "aria-pressed", String(at === n)));
      act();
    },
  }, label));
  return buttons;
}

/** A button that is on or off. @param {string} label @param {boolean} on @param {(on: boolean) => void} act */
function toggle(label, on, act) {
  const button = el("button", {
    class: "btn", type: "button", "aria-pressed": String(on),
    onclick: () => {
      const next = button.getAttribute("aria-pressed") !== "true";
      mark(button, "aria-pressed", String(next));
      act(next);
    },
  }, label);
  return button;
}

/**
 * @param {{look: import("./looks.js").Look & {azimuth_deg?: number}, code: string, bearing?: number, picture: import("./picture.js").Picture, tools: HTMLElement}} what
 * @returns {Panorama | Thermal | null} null for an ordinary camera, and in a browser without WebGL
 */
export function special({ look: { shows, exercise, azimuth_deg: azimuth = null }, code, bearing, picture, tools }) {
  if (!["panoramic", "thermal"].includes(shows)) return null;
  const canvas = /** @type {HTMLCanvasElement} */ (el("canvas", { class: "effect", tabindex: shows === "panoramic" ? "0" : null }));
  const over = /** @type {HTMLCanvasElement} */ (el("canvas", { class: "effect over", "aria-hidden": "true" }));
  let effect;
  try {
    effect = shows === "thermal" ? new Thermal(canvas, picture.video, { over }) : new Panorama(canvas, picture.video, { over, azimuth, field: lensOf(code, exercise) });
  } catch {
    return null; // no WebGL here: the picture as the camera sends it
  }
  picture.video.after(canvas, over);
  mark(picture.root, "data-effect", shows);
  effect.shaded.onLost = () => {
    mark(picture.root, "data-effect", "none");
    tools.replaceChildren(el("span", null, gettext("As it comes: the graphics of this seat gave up.")));
  };
  if (effect instanceof Thermal) thermal(effect, canvas, tools);
  else {
    if (bearing !== undefined) effect.towards(bearing);
    panoramic(effect, canvas, picture, tools, code);
  }
  return effect;
}

function thermal(effect, canvas, tools) {
  mark(canvas, "aria-hidden", "true");
  tools.append(
    ...choices(Object.keys(PALETTES).map((name) => [nameOf(name), () => effect.choose(name)]), 2),
    toggle(gettext("Full contrast"), true, (on) => effect.spreads(on)),
    toggle(gettext("Hottest point"), true, (on) => effect.spots(on)),
    toggle(gettext("Mark what is hot"), false, (on) => effect.marks(on ? MARKED_ABOVE : null)),
  );
}

const kept = (code) => `nice.lens.${code}`;

/** What was chosen at this seat for this camera. */
function lensOf(code, exercise) {
  try {
    const chosen = Number(localStorage.getItem(kept(code)));
    if (LENSES.includes(chosen)) return chosen;
  } catch {
    // no storage at this seat
  }
  return exercise ? DRAWN_LENS : FIELD;
}

function lenses(effect, code) {
  const select = /** @type {HTMLSelectElement} */ (el("select", { class: "btn", "aria-label": gettext("Angle of the lens") },
    LENSES.map((field) => el("option", { value: field, selected: field === effect.field }, `${field}°`))));
  select.addEventListener("change", () => {
    effect.lens(Number(select.value));
    try {
      localStorage.setItem(kept(code), select.value);
    } catch {
      // no storage at this seat: chosen for now
    }
  });
  return select;
}

function panoramic(effect, canvas, picture, tools, code) {
  mark(picture.root, "role", "group"); // it takes keys
  mark(canvas, "role", "img");
  const tell = () => {
    const { pan, tilt, zoom } = effect.aims[effect.chosen];
    const where = `${Math.round(effect.bearing(pan))}°, ${Math.round(tilt)}°, ${Math.round(zoom)}°`;
    mark(canvas, "aria-label", `${gettext("Arrows turn the view, + and − bring it closer, Home goes back; 1 to 4 choose a view.")} ${gettext("View")} ${effect.chosen + 1}: ${where}`);
  };
  effect.onTurn = tell;
  tell();
  const split = (count) => {
    mark(picture.root, "data-effect", "panoramic");
    effect.split(count);
  };
  tools.append(...choices([
    [gettext("As it comes"), () => mark(picture.root, "data-effect", "none")],
    [gettext("One view"), () => split(1)],
    [gettext("Four views"), () => split(4)],
  ], 1), lenses(effect, code));
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!keyed(effect, event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** @param {Panorama} effect @param {KeyboardEvent} event @returns {boolean} */
function keyed(effect, { key, shiftKey }) {
  const step = (shiftKey ? FINE : STEP) * Math.min(1, effect.aims[effect.chosen].zoom / 60);
  const by = {
    ArrowLeft: { pan: step }, ArrowRight: { pan: -step }, ArrowUp: { tilt: step }, ArrowDown: { tilt: -step },
    "+": { zoom: 1 / 1.15 }, "=": { zoom: 1 / 1.15 }, "-": { zoom: 1.15 },
  }[key];
  if (by) effect.turn(effect.chosen, by);
  else if (key === "Home") effect.reset();
  else if (/^[1-4]$/.test(key)) effect.choose(Number(key) - 1);
  else return false;
  return true;
}
