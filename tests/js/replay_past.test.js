import assert from "node:assert/strict";
import test from "node:test";

import { areasAt, placeOf, pressed } from "../../static/js/replay/areas.js";
import { Past, eyesAt, openAt, placeOf as crewAt } from "../../static/js/replay/past.js";

const P7 = { id: 7, label: "P7", kind: "car", points: [[0, 43, 7, 350], [10_000, 44, 8, 10], [400_000, 45, 9, null]] };

test("a crew goes straight from point to point and turns by the shorter side", () => {
  const { lat, lon, heading } = crewAt(P7, 5_000);
  assert.deepEqual([lat, lon, heading], [43.5, 7.5, 0]);
});

test("a crew that was not heard stays where it was, is old, and is gone after five minutes", () => {
  assert.equal(crewAt(P7, -1), null);
  const silent = crewAt(P7, 200_000);
  assert.deepEqual([silent.lat, Date.parse(silent.at)], [44, 10_000]);
  assert.equal(crewAt(P7, 311_000), null);
  assert.equal(crewAt(P7, 401_000).lat, 45);
});

test("an incident is there while it was open, taken when it was taken", () => {
  const one = { number: "I-1", opened_at: "1970-01-01T00:01:00Z", taken_at: "1970-01-01T00:02:00Z", closed_at: "1970-01-01T00:03:00Z" };
  assert.deepEqual(openAt([one], 59_999), []);
  assert.equal(openAt([one], 60_000)[0].taken_at, null);
  assert.equal(openAt([one], 120_000)[0].taken_at, one.taken_at);
  assert.equal(openAt([one], 120_000)[0].closed_at, null);
  assert.deepEqual(openAt([one], 180_000), []);
});

test("a camera looks as it is mounted until an alert turned it", () => {
  const eye = { id: 1, code: "C1", lat: 0, lon: 0, views: [[0, 90, 60, 100], [50_000, 180, 12, 70]] };
  assert.equal(eyesAt([eye], 49_999)[0].bearing, 90);
  assert.equal(eyesAt([eye], 50_000)[0].bearing, 180);
});

test("minutes are asked for once, within what was granted, the next ones ahead", async () => {
  const asked = [];
  const past = new Past(async (from, to) => {
    asked.push([from, to]);
    return { units: [P7], incidents: [], eyes: [] };
  }, [100_000, 400_000]);
  assert.equal(past.at(150_000), null);
  await Promise.resolve();
  past.at(151_000);
  assert.deepEqual(asked, [[100_000, 300_000], [300_000, 400_000]]);
  assert.equal(past.at(152_000).units.length, 1);
});

test("a refusal is told once and not asked again", async () => {
  let times = 0;
  const past = new Past(async () => {
    times += 1;
    throw new Error("no");
  }, [0, 300_000]);
  past.at(1000);
  await new Promise((done) => setTimeout(done));
  past.at(2000);
  assert.deepEqual([past.failed, times], ["no", 1]);
});

test("an area drawn once stays, drawn twice it moves and is nowhere else", () => {
  const still = { at: 0, box: [0, 0, 0.5, 0.5], track: 1 };
  assert.deepEqual(areasAt([still], 99), [still.box]);
  const moving = [{ at: 10, box: [0, 0, 0.2, 0.2], track: 2 }, { at: 20, box: [0.4, 0, 0.2, 0.2], track: 2 }];
  assert.deepEqual(areasAt(moving, 15), [[0.2, 0, 0.2, 0.2]]);
  assert.deepEqual(areasAt(moving, 9), []);
  assert.deepEqual(areasAt(moving, 21), []);
  assert.deepEqual(areasAt(moving, 10), [moving[0].box]);
});

test("black edges are no part of the picture", () => {
  assert.deepEqual(placeOf({ clientWidth: 400, clientHeight: 100, videoWidth: 200, videoHeight: 100 }), [100, 0, 200, 100]);
});

test("an area is moved and sized by arrows, and stays in the picture", () => {
  const near = (box) => box.map((part) => Math.round(part * 100) / 100);
  assert.deepEqual(near(pressed([0.4, 0.4, 0.2, 0.2], "ArrowLeft", false)), [0.38, 0.4, 0.2, 0.2]);
  assert.deepEqual(near(pressed([0.4, 0.4, 0.2, 0.2], "ArrowDown", true)), [0.4, 0.4, 0.2, 0.22]);
  assert.deepEqual(near(pressed([0.8, 0.4, 0.2, 0.2], "ArrowRight", false)), [0.8, 0.4, 0.2, 0.2], "not out of it");
  assert.deepEqual(near(pressed([0.4, 0.4, 0.02, 0.2], "ArrowLeft", true)), [0.4, 0.4, 0.02, 0.2], "nor smaller than can be seen");
});
