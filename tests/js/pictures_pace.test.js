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

const LASTS = 0.2;

/**
 * A camera sends a fragment of 0.2 s when it is whole, each later by what the line does to it. A browser plays what it
 * has, and is turned five times a second. Returns how old what it shows is, moment by moment, once it has settled.
 */
function watched({ seconds, late = () => 0, first = 5, stall = 0 }) {
  let pace = start();
  const sent = Array.from({ length: seconds / LASTS }, (_one, n) => ({ end: (n + 1) * LASTS, now: Math.max(first * LASTS, (n + 1) * LASTS + late(n)) }));
  for (let n = 1; n < sent.length; n += 1) sent[n].now = Math.max(sent[n].now, sent[n - 1].now); // they come in order
  let [end, at, rate, dry, jumps] = [0, 0, 1, 0, 0];
  const ages = [];
  for (let tick = 0; tick < seconds * 100; tick += 1) {
    const now = tick / 100;
    while (sent.length && sent[0].now <= now) {
      const one = sent.shift();
      end = one.end;
      pace = heard(pace, { lasts: LASTS, end, now: now * 1000 });
    }
    const paused = stall && now > 10 && now < 10 + stall; // the browser itself hangs
    if (!paused) at = Math.min(end, at + 0.01 * rate);
    if (tick % 20 === 0 && end && !paused) {
      const kept = keepUp(pace, { at, now: now * 1000 });
      ({ pace, rate } = kept);
      if (kept.jumpTo !== null) {
        at = Math.min(end, kept.jumpTo);
        jumps += 1;
      }
    }
    if (now > 3 && now < seconds - 0.5) {
      ages.push(now - at);
      if (end - at < 0.001) dry += 1;
    }
  }
  ages.sort((one, other) => one - other);
  return { p50: ages[ages.length >> 1], p95: ages[Math.floor(ages.length * 0.95)], dry: dry / ages.length, jumps };
}

test("an even line: a third of a second behind, reached at once, and never dry", () => {
  const { p95, dry, jumps } = watched({ seconds: 60 });
  assert.ok(p95 < 0.33, String(p95));
  assert.equal(dry, 0);
  assert.equal(jumps, 1, "to the newest, past the group of pictures that was under way");
});

test("an uneven line makes it wait as long as it must and no longer, and not stop again and again", () => {
  const { p95, dry } = watched({ seconds: 120, late: (n) => (n % 7 === 0 ? 0.3 : 0.02) });
  assert.ok(p95 < 0.65, String(p95));
  assert.ok(dry < 0.01, `dry ${dry}`);
});

test("one bad moment is caught up, by a faster pace when small and by a jump when large", () => {
  const small = watched({ seconds: 60, stall: 0.6 });
  assert.ok(small.p95 < 0.6 && small.jumps === 1, JSON.stringify(small));
  const large = watched({ seconds: 60, stall: 4 });
  assert.ok(large.p50 < 0.33 && large.jumps === 2, JSON.stringify(large));
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
