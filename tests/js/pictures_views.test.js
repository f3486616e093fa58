import assert from "node:assert/strict";
import { test } from "node:test";
import { circleIn } from "../../static/js/pictures/circle.js";
import { aimedAt, dragged, project, turned, views } from "../../static/js/pictures/panorama.js";
import { heatOf, heatPlace } from "../../static/js/pictures/words.js";
import { PALETTES, colour, measured } from "../../static/js/pictures/thermal.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("the middle of a view lies where its tilt says: the angle from the axis grows with the radius", () => {
  for (const pan of [0, 90, 200]) {
    const { x, y, inside } = project({ pan, tilt: 35, zoom: 60 }, 0, 0, 140);
    near(Math.hypot(x, y), 35 / 70);
    near(Math.atan2(y, x), Math.atan2(Math.sin((pan * Math.PI) / 180), Math.cos((pan * Math.PI) / 180)));
    assert.ok(inside);
  }
});

test("up in a view is farther from the mast, and what the lens does not reach is said", () => {
  const aim = { pan: 30, tilt: 45, zoom: 60 };
  const [low, high] = [project(aim, 0, -0.5), project(aim, 0, 0.5)];
  assert.ok(Math.hypot(high.x, high.y) > Math.hypot(low.x, low.y));
  assert.equal(project({ pan: 0, tilt: 85, zoom: 60 }, 0, 1).inside, false);
});

test("turning goes round, stops at the ends, and zooms between its limits", () => {
  assert.equal(turned({ pan: 350, tilt: 45, zoom: 60 }, { pan: 20 }).pan, 10);
  assert.equal(turned({ pan: 0, tilt: 80, zoom: 60 }, { tilt: 30 }).tilt, 85);
  assert.equal(turned({ pan: 0, tilt: 45, zoom: 20 }, { zoom: 0.1 }).zoom, 15);
  assert.deepEqual(views(4).map(({ pan }) => pan), [90, 180, 270, 0]);
});

test("a palette goes from its first colour to its last, and warmer is another colour", () => {
  for (const palette of Object.values(PALETTES)) {
    assert.deepEqual(colour(palette, 0), palette[0]);
    assert.deepEqual(colour(palette, 1), palette.at(-1));
  }
  assert.deepEqual(colour(PALETTES.white, 0.5), [128, 128, 128]);
});

test("what lies under the hand stays under it, and a double click brings it to the middle", () => {
  const aim = { pan: 350, tilt: 50, zoom: 60 };
  for (const [from, to] of [[[0.2, 0.1], [-0.4, 0.2]], [[0, 0.4], [0.1, -0.3]], [[0.6, -0.2], [0, 0]]]) {
    const held = project(aim, ...from, 180);
    const now = project(dragged(aim, from, to), ...to, 180);
    assert.ok(Math.hypot(held.x - now.x, held.y - now.y) < 0.01, `${JSON.stringify(held)} ${JSON.stringify(now)}`);
  }
});

test("a point of the small round picture is looked at", () => {
  const aim = aimedAt({ pan: 0, tilt: 10, zoom: 50 }, -0.3, 0.4, 160);
  const { x, y } = project(aim, 0, 0, 160);
  near(x, -0.3);
  near(y, 0.4);
  assert.equal(aim.zoom, 50);
});

function round({ width = 320, height = 180, x, y, radius, level = 120, line = false }) {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const lit = Math.hypot(column - x, row - y) <= radius || (line && row >= height - 4);
      rgba.fill(lit ? level : 8, (row * width + column) * 4, (row * width + column) * 4 + 3);
    }
  }
  return [rgba, width, height];
}

test("the round picture is found where it lies, cut off or with a line of text under it", () => {
  for (const wanted of [{ x: 160, y: 88, radius: 87 }, { x: 150, y: 90, radius: 110 }, { x: 160, y: 88, radius: 86, line: true }]) {
    const found = circleIn(...round(wanted));
    assert.ok(found, JSON.stringify(wanted));
    for (const name of ["x", "y", "radius"]) assert.ok(Math.abs(found[name] - wanted[name]) < 1.5, `${name}: ${found[name]}`);
  }
});

test("no round picture is imagined: a street that fills the frame, or the night", () => {
  assert.equal(circleIn(...round({ x: 160, y: 90, radius: 900 })), null);
  assert.equal(circleIn(...round({ x: 160, y: 90, radius: 80, level: 10 })), null);
});

test("the hottest point is a patch, never one bad point, and never the line with the clock", () => {
  const [width, height] = [160, 90];
  const rgba = new Uint8ClampedArray(width * height * 4).fill(60);
  const put = (x, y, size, level) => {
    for (let row = y; row < y + size; row += 1) for (let column = x; column < x + size; column += 1) rgba.fill(level, (row * width + column) * 4, (row * width + column) * 4 + 3);
  };
  put(40, 30, 1, 255);
  put(100, 50, 4, 200);
  put(10, height - 4, 4, 255);
  const { low, high, hot } = measured(rgba, width, height);
  assert.ok(Math.abs(hot.x - 102 / width) < 0.02 && Math.abs(hot.y - 52 / height) < 0.03, JSON.stringify(hot));
  assert.ok(low < 0.3 && high >= low + 0.08);
});

test("a temperature is said with its unit, its age and its place, and not at all when the camera gives none", () => {
  const heat = { celsius: 61.25, place: "Transformer", at: 1_000_000 };
  assert.equal(heatOf(heat, 1_002_400), "61.3 °C · 2 s");
  assert.equal(heatOf({ ...heat, celsius: -4 }, 999_000), "-4.0 °C · 0 s", "a clock that is a little ahead makes no age below nothing");
  assert.ok(heatPlace(heat).endsWith("Transformer"));
  assert.deepEqual([heatOf(null, 0), heatOf(undefined, 0), heatPlace(null)], ["", "", ""]);
});
