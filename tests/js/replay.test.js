import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../static/js/replay/clock.js";
import { groupAt, nextWanted } from "../../static/js/replay/plan.js";

const groups = [0, 6000, 12_000, 40_000].map((at_ms, number) => ({ file: 1, offset: number, size: 1, at_ms, seconds: 6 }));

test("the clock runs by its rate, waits for pictures and stops at the end", () => {
  const clock = new Clock(1000);
  clock.to = 3000;
  clock.tick(10);
  clock.playing = true;
  clock.faster(1);
  assert.equal(clock.rate, 2);
  assert.equal(clock.tick(110), 1200);
  clock.waiting = true;
  assert.equal(clock.tick(210), 1200);
  clock.waiting = false;
  clock.faster(9);
  assert.equal(clock.rate, 16);
  clock.tick(410);
  assert.equal(clock.at, 3000);
  assert.equal(clock.playing, false);
});

test("a tab that slept does not leap", () => {
  const clock = new Clock(0);
  clock.playing = true;
  clock.tick(1);
  assert.equal(clock.tick(60_001), 250);
});

test("a moment is in a group or in none", () => {
  assert.equal(groupAt(groups, 0), 0);
  assert.equal(groupAt(groups, 5999), 0);
  assert.equal(groupAt(groups, 6000), 1);
  assert.equal(groupAt(groups, 20_000), -1);
  assert.equal(groupAt(groups, 45_999), 3);
  assert.equal(groupAt(groups, 46_000), -1);
});

test("what comes next is fetched once, across a gap, not too far ahead", () => {
  assert.equal(nextWanted(groups, 7000, 12_000, new Set()), 1);
  assert.equal(nextWanted(groups, 7000, 12_000, new Set([1])), 2);
  assert.equal(nextWanted(groups, 7000, 12_000, new Set([1, 2])), -1);
  assert.equal(nextWanted(groups, 30_000, 12_000, new Set()), 3);
});
