import assert from "node:assert/strict";
import { test } from "node:test";
import { Pieces, read } from "../../static/js/pictures/frame.js";
import { heard, keepUp, pause, start } from "../../static/js/pictures/pace.js";

test("a frame is read as the server packs it", () => {
  const buffer = new ArrayBuffer(19);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, 500);
  view.setUint32(4, 7);
  view.setBigUint64(8, 1_772_463_787_123n);
  new Uint8Array(buffer).set([9, 8, 7], 16);
  const frame = read(buffer);
  assert.deepEqual([frame.key, frame.init, frame.lasts, frame.number, frame.startsAt], [true, false, 500, 7, 1_772_463_787_123]);
  assert.deepEqual([...frame.data], [9, 8, 7]);
  view.setUint8(0, 2);
  assert.throws(() => read(buffer));
});

/** Plays against fragments of half a second; returns how far behind the newest picture it is at the end. */
function play({ seconds, behind, late = () => 0 }) {
  let pace = heard(start(), 0.5);
  let end = behind;
  let at = 0;
  let dry = 0;
  let jumps = 0;
  let rate = 1;
  let nextAt = 0.5;
  for (let now = 0; now < seconds; now += 0.05) {
    if (now >= nextAt + late(nextAt)) {
      end += 0.5;
      nextAt += 0.5;
    }
    at = Math.min(end, at + 0.05 * rate);
    const kept = keepUp(pace, { ahead: end - at, now: now * 1000 });
    ({ pace, rate } = kept);
    if (kept.jumpBack !== null) {
      at = end - kept.jumpBack;
      jumps += 1;
    }
    if (end - at < 0.02 && now > 5) dry += 1;
  }
  return { ahead: end - at, dry, jumps, rate };
}

test("far behind is a jump, a little behind is a little faster, and then it keeps its distance", () => {
  const far = play({ seconds: 20, behind: 30 });
  assert.equal(far.jumps, 1);
  assert.ok(far.ahead < 1);
  const little = play({ seconds: 30, behind: 1.5 });
  assert.equal(little.jumps, 0);
  assert.ok(little.ahead < 1, String(little.ahead));
});

test("an even network is under a second behind and never dry", () => {
  const { ahead, dry } = play({ seconds: 60, behind: 0.7 });
  assert.ok(ahead < 0.95, String(ahead));
  assert.ok(dry < 20, `dry for ${dry} steps of 50 ms`);
});

test("an uneven network makes it wait a little longer, not stop again and again", () => {
  const { dry, ahead } = play({ seconds: 120, behind: 0.7, late: (at) => (Math.round(at * 2) % 3 === 0 ? 0.3 : 0) });
  assert.ok(ahead < 1.6);
  assert.ok(dry < 60, `dry for ${dry} steps`);
});

test("tries come farther and farther apart, scattered, never more than some twenty seconds", () => {
  assert.ok(pause(0, 0) < 500 && pause(3, 0.5) > pause(1, 0.5));
  assert.ok(pause(40, 1) <= 18_750);
});

test("pieces make one fragment; one that is left unfinished is forgotten", () => {
  const piece = (number, more, ...bytes) => ({ number, more, data: Uint8Array.from(bytes) });
  const pieces = new Pieces();
  assert.equal(pieces.add(piece(1, true, 1, 2)), null);
  assert.equal(pieces.add(piece(2, true, 3)), null);
  assert.deepEqual([...pieces.add(piece(2, false, 4, 5)).data], [3, 4, 5]);
});
