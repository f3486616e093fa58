import assert from "node:assert/strict";
import { test } from "node:test";
import { project, turned, views } from "../../static/js/pictures/panorama.js";
import { PALETTES, colour } from "../../static/js/pictures/thermal.js";

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
  assert.deepEqual(views(4).map(({ pan }) => pan), [0, 90, 180, 270]);
});

test("a palette goes from its first colour to its last, and warmer is another colour", () => {
  for (const palette of Object.values(PALETTES)) {
    assert.deepEqual(colour(palette, 0), palette[0]);
    assert.deepEqual(colour(palette, 1), palette.at(-1));
  }
  assert.deepEqual(colour(PALETTES.white, 0.5), [128, 128, 128]);
});
