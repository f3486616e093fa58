import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../static/js/replay/clock.js";
import { frameAt, framesOf } from "../../static/js/replay/frames.js";
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

const box = (kind, ...parts) => {
  const body = parts.flat();
  return [...word(8 + body.length), ...[...kind].map((letter) => letter.charCodeAt(0)), ...body];
};
const word = (value) => [24, 16, 8, 0].map((bits) => (value >>> bits) & 255);

test("when each picture is shown is read from the fragments, in the order they are shown", () => {
  const traf = (track, from, ...run) => box("traf", box("tfhd", word(0x020008), word(track), word(512)), box("tfdt", word(0), word(from)), box("trun", ...run));
  // Of track 1 three pictures by the usual duration; then two whose order of coding is not that of showing.
  const one = box("moof", traf(1, 0, word(0x205), word(3), word(0), word(0), word(9), word(9), word(9)), traf(2, 0, word(0x1), word(50), word(0)));
  const two = box("moof", traf(1, 1536, word(0xb01), word(2), word(0), word(500), word(9), word(524), word(524), word(9), word(0)));
  const data = Uint8Array.from([...one, ...box("mdat", word(1)), ...two, ...box("mdat", word(1))]).buffer;
  const frames = framesOf(data, { track: 1, timescale: 512 });
  assert.deepEqual(frames.map(({ starts }) => Math.round(starts * 512)), [0, 512, 1024, 2036, 2060]);
  assert.deepEqual(frames.map(({ ends }) => Math.round(ends * 512)), [512, 1024, 2036, 2060, 2560]);
  assert.equal(frameAt(frames, 1.5), frames[1]);
  assert.equal(frameAt(frames, 99), null);
  assert.deepEqual(framesOf(data.slice(0, 70), { track: 1, timescale: 512 }), [], "what is not whole says nothing");
});
