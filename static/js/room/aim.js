/** Where a camera looks and how far the place is, drawn: there is no picture yet, and this does not pretend to be one. */
import { svg } from "./elements.js";
import { bearing, metres } from "./format.js";
import { fill, gettext } from "./words.js";

const CENTRE = { x: 120, y: 75 };
const RADIUS = 58;
const SCALES = [25, 50, 100, 150, 250, 400, 600, 1000, 2000];

/** @param {number} degrees from north, clockwise @param {number} r */
const at = (degrees, r) => {
  const a = ((degrees - 90) * Math.PI) / 180;
  return [CENTRE.x + r * Math.cos(a), CENTRE.y + r * Math.sin(a)];
};
const xy = (degrees, r) => at(degrees, r).map((n) => n.toFixed(1)).join(" ");

/** The dial's outer ring in metres: the first round figure beyond the place. @param {number} distance */
export const ring = (distance) => SCALES.find((scale) => scale >= distance * 1.1) ?? Math.ceil(distance / 1000) * 1000;

/**
 * @param {{code: string, bearing_deg: number, distance_m: number}} order
 * @param {{priority: number, hfov: number}} how
 * @returns {SVGElement}
 */
export function aim({ code, bearing_deg: turn, distance_m: distance }, { priority, hfov }) {
  const scale = ring(distance);
  const half = Math.max(6, Math.min(60, hfov / 2));
  const [tx, ty] = at(turn, (RADIUS * distance) / scale);
  const ticks = [...Array(12).keys()].map((i) =>
    svg("path", { class: "tick", d: `M${xy(i * 30, RADIUS)}L${xy(i * 30, RADIUS + (i % 3 ? 3 : 6))}` }));
  const winds = [[gettext("N"), 0], [gettext("E"), 90], [gettext("S"), 180], [gettext("W"), 270]].map(([name, degrees]) => {
    const [x, y] = at(degrees, RADIUS + 11);
    return svg("text", { class: "wind", x, y: y + 3, "text-anchor": "middle" }, name);
  });
  return svg(
    "svg",
    {
      class: `aim p${priority}`, viewBox: "0 0 240 150", preserveAspectRatio: "xMidYMid meet", role: "img",
      "aria-label": fill(gettext("%(code)s looks %(bearing)s; the place is at %(distance)s"), {
        code, bearing: bearing(turn), distance: metres(distance),
      }),
    },
    svg("circle", { class: "ring", cx: CENTRE.x, cy: CENTRE.y, r: RADIUS }),
    svg("circle", { class: "ring half", cx: CENTRE.x, cy: CENTRE.y, r: RADIUS / 2 }),
    ticks, winds,
    svg("path", {
      class: "cone",
      d: `M${CENTRE.x} ${CENTRE.y}L${xy(turn - half, RADIUS)}A${RADIUS} ${RADIUS} 0 0 1 ${xy(turn + half, RADIUS)}Z`,
    }),
    svg("path", { class: "axis", d: `M${CENTRE.x} ${CENTRE.y}L${tx.toFixed(1)} ${ty.toFixed(1)}` }),
    svg("circle", { class: "camera", cx: CENTRE.x, cy: CENTRE.y, r: 4 }),
    target(priority, tx, ty),
    svg("text", { class: "scale", x: CENTRE.x + RADIUS + 20, y: 146, "text-anchor": "start" }, `◯ ${metres(scale)}`),
  );
}

/** The place, with the shape of its priority: never by colour alone. */
function target(priority, x, y) {
  const made = { class: "place", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` };
  if (priority === 1) return svg("rect", { ...made, x: -5, y: -5, width: 10, height: 10, rx: 2 });
  if (priority === 2) return svg("path", { ...made, d: "M0 -7L7 0L0 7L-7 0Z" });
  return svg("circle", { ...made, r: 5.5 });
}
