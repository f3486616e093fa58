import assert from "node:assert/strict";
import test from "node:test";
import { Holds } from "../../static/js/steering/holds.js";
import { share, speedOf } from "../../static/js/steering/gestures.js";
import { eased, speedOf as padSpeed } from "../../static/js/steering/pad.js";
import { left, sentence, short } from "../../static/js/steering/words.js";
import { wrong } from "../../static/js/room/tiles.js";

const ME = "seat:poste-3";
const UNTIL = "2026-11-22T14:02:00+00:00";
const NOW = Date.parse("2026-11-22T14:00:34+00:00");
const lock = (more = {}) => ({
  camera_id: 1, code: "C885", kind: "alarm", holder: "incident:5", by: "School", by_hand: false, cause: "incident:5", until: UNTIL,
  from_by: "", from_holder: "", why: "it was free", ...more,
});

function room() {
  const holds = new Holds();
  holds.take({ me: ME, holds: [], requests: [] });
  return holds;
}

test("a tile says who steers and for how long", () => {
  assert.equal(left(UNTIL, NOW), 86);
  assert.equal(short(lock(), ME, NOW), "alarm · 1:26");
  assert.equal(short(lock({ holder: ME, by: "Poste 3", by_hand: true }), ME, NOW), "me · 1:26");
  assert.equal(short(lock({ kind: "operator", holder: "seat:poste-1", by: "Poste 1", by_hand: true }), ME, NOW), "Poste 1 · 1:26");
  assert.equal(left(UNTIL, NOW + 200_000), 0, "never below zero");
  assert.equal(sentence(null, ME, NOW), "Nobody steers it. Move it and it is yours.");
});

test("holds follow the facts", () => {
  const holds = room();
  holds.hear({ kind: "cameras.lock_taken", data: { locks: [lock()] } });
  assert.equal(holds.isMine("C885"), false);
  holds.hear({ kind: "cameras.lock_taken", data: { locks: [lock({ holder: ME, from_holder: "incident:5" })] } });
  assert.equal(holds.isMine("C885"), true);
  holds.hear({ kind: "cameras.lock_released", data: { code: "C885" } });
  assert.equal(holds.of("C885"), null);
  assert.equal(holds.hear({ kind: "incidents.opened", data: {} }), false);
});

test("a request concerns who is asked and who asks, until an answer or another hand", () => {
  const holds = room();
  const asked = { request_id: 7, code: "C885", by: "Poste 1", by_holder: "seat:poste-1", of: ME, lapses_at: UNTIL };
  holds.hear({ kind: "cameras.take_over_asked", data: asked });
  holds.hear({ kind: "cameras.take_over_asked", data: { ...asked, request_id: 8, of: "seat:poste-9" } });
  assert.deepEqual([...holds.requests.keys()], [7]);
  assert.equal(holds.requestFor("C885").mine, false);
  holds.hear({ kind: "cameras.lock_taken", data: { locks: [lock({ holder: ME, from_holder: ME })] } });
  assert.equal(holds.requests.size, 1, "kept longer is the same hand");
  holds.hear({ kind: "cameras.lock_taken", data: { locks: [lock({ holder: "incident:6", from_holder: ME })] } });
  assert.equal(holds.requests.size, 0);
});

test("keys held together turn both ways at once, and against each other not at all", () => {
  assert.deepEqual(speedOf(new Set(["ArrowRight", "ArrowUp"]), false), { pan: 0.5, tilt: 0.5, zoom: 0 });
  assert.deepEqual(speedOf(new Set(["ArrowRight", "ArrowLeft", "-"]), true), { pan: 0, tilt: 0, zoom: -1 });
});

test("a click is a share of the picture from its middle, never outside it", () => {
  const area = { x: 100, y: 50, width: 400, height: 200 };
  assert.deepEqual(share(area, { clientX: 300, clientY: 150 }), [0, 0]);
  assert.deepEqual(share(area, { clientX: 900, clientY: 50 }), [0.5, -0.5]);
});

test("a stick at rest does not move a head, and a full one does fully", () => {
  assert.equal(eased(0.1), 0);
  assert.equal(eased(1), 1);
  assert.equal(eased(-1), -1);
  assert.ok(Math.abs(eased(0.5)) < 0.25, "finer near the middle");
  assert.deepEqual(padSpeed({ axes: [1, -1, 0, 0], buttons: [] }), { pan: 1, tilt: 1, zoom: 0 });
});

test("what is wrong with an order is a sentence of its own, and nothing is said of one that goes well", () => {
  const result = { why: "x", reason: { code: "unreachable", figures: {} } };
  assert.equal(wrong({ state: "failed", result }), "did not turn: its head does not answer");
  assert.equal(wrong({ state: "late", result: { why: "x", reason: { code: "long", figures: {} } } }), "not there yet: its head takes long, the centre goes on trying");
  assert.equal(wrong({ state: "strayed", result: { why: "x", reason: { code: "restarted", figures: {} } } }), "looks elsewhere: it restarted");
  for (const order of [{ state: "done", result }, { state: "sent" }, {}, null]) assert.equal(wrong(order), "");
});
