import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, sentence } from "../../static/js/room/arrivals.js";
import { arrange, cards, walk } from "../../static/js/room/order.js";
import { comesForward } from "../../static/js/room/select.js";
import { fromSnapshot, reduce } from "../../static/js/room/store.js";
import { alert, incident, snapshot, story } from "./room_cast.js";

const keys = (list) => list.map((card) => card.key);
const free = { held: false, selected: null };

test("priority, then age; exercises apart; the last closed first", () => {
  const shown = cards(fromSnapshot(snapshot({
    incidents: [
      incident(1, { priority: 2, opened_at: "2026-11-22T13:00:01+00:00" }),
      incident(2, { priority: 1, opened_at: "2026-11-22T13:00:05+00:00" }),
      incident(3, { priority: 1, opened_at: "2026-11-22T14:00:04+01:00" }),
      incident(4, { priority: 1, exercise: true }),
    ],
    closed: [
      incident(8, { state: "closed", closed_at: "2026-11-22T12:00:00+00:00" }),
      incident(9, { state: "closed", closed_at: "2026-11-22T12:30:00+00:00" }),
    ],
    alerts: [alert(7, { priority: 1, received_at: "2026-11-22T13:00:06+00:00" })],
  })));
  assert.deepEqual(keys(shown.real), ["i3", "i2", "a7", "i1"]);
  assert.deepEqual(keys(shown.exercise), ["i4"]);
  assert.deepEqual(keys(shown.closed), ["i9", "i8"]);
});

test("the first time, everything stands where it should", () => {
  assert.deepEqual(arrange([], ["a", "b"], free).order, ["a", "b"]);
});

test("nothing is put above the selected card", () => {
  const { order, outOfPlace } = arrange(["b", "c"], ["new", "b", "c"], { held: false, selected: "b" });
  assert.deepEqual(order, ["b", "new", "c"]);
  assert.equal(outOfPlace, 1);
});

test("what stood above the selected card stays there, in order", () => {
  const { order } = arrange(["a", "b", "c"], ["a", "new", "b", "c"], { held: false, selected: "c" });
  assert.deepEqual(order, ["a", "b", "c", "new"]);
});

test("while the pointer is in the list, nothing that stands moves", () => {
  const { order, gone, outOfPlace } = arrange(["a", "b", "c"], ["new", "c", "a"], { held: true, selected: null });
  assert.deepEqual(order.slice(0, 3), ["a", "b", "c"]);
  assert.deepEqual(order, ["a", "b", "c", "new"]);
  assert.deepEqual([...gone], ["b"]);
  assert.ok(outOfPlace > 0);
});

test("once let go, the order is right again", () => {
  const held = arrange(["a", "b"], ["new", "b"], { held: true, selected: null });
  assert.deepEqual(arrange(held.order, ["new", "b"], free), { order: ["new", "b"], gone: new Set(), outOfPlace: 0 });
});

test("an alert that found its incident keeps its place under the pointer", () => {
  const { order } = arrange(["a12", "i2"], ["i2", "i5"], { held: true, selected: null, same: new Map([["a12", "i5"]]) });
  assert.deepEqual(order, ["i5", "i2"]);
});

test("the arrows walk what is shown and stop at the ends", () => {
  assert.equal(walk(["a", "b"], null, 1), "a");
  assert.equal(walk(["a", "b"], null, -1), "b");
  assert.equal(walk(["a", "b"], "a", 1), "b");
  assert.equal(walk(["a", "b"], "b", 1), "b");
  assert.equal(walk(["a", "b"], "gone", 1), "a");
  assert.equal(walk([], null, 1), null);
});

test("an alert arrives once, not again with its incident", () => {
  const start = fromSnapshot(snapshot());
  const [received, opened] = story();
  const first = reduce(start, [received]).state;
  assert.deepEqual(keys(arrived(start, first)), ["a12"]);
  assert.deepEqual(arrived(first, reduce(first, [opened]).state), []);
  assert.deepEqual(keys(arrived(start, reduce(start, [received, opened]).state)), ["i5"]);
});

test("a flood is said in one sentence", () => {
  const many = cards(fromSnapshot(snapshot({ incidents: [1, 2, 3].map((n) => incident(n, { priority: n })) }))).real;
  assert.equal(sentence(many), "3 new alerts, 1 of priority 1");
  assert.equal(sentence(many.slice(0, 1)), "Priority 1: Place 1");
});

const idle = { priority: 1, selected: null, untouchedFor: Infinity, viewLocked: false, writing: false };

test("only a priority 1 comes forward by itself", () => {
  assert.ok(comesForward(idle));
  assert.equal(comesForward({ ...idle, priority: 2 }), false);
});

test("it never takes the eyes of somebody at work", () => {
  const selected = incident(1);
  assert.equal(comesForward({ ...idle, selected, untouchedFor: 59_000 }), false);
  assert.ok(comesForward({ ...idle, selected, untouchedFor: 60_000 }));
  assert.ok(comesForward({ ...idle, selected: incident(1, { closed_at: "t" }), untouchedFor: 0 }));
  assert.equal(comesForward({ ...idle, viewLocked: true }), false);
  assert.equal(comesForward({ ...idle, writing: true }), false);
});
