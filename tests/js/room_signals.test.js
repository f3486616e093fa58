/** Signals of software among the cards: they wait, are folded, answered, and become their incident. */
import assert from "node:assert/strict";
import test from "node:test";
import { arrived, sentence } from "../../static/js/room/arrivals.js";
import { boxAt } from "../../static/js/replay/boxes.js";
import { holderTag, whatItIs } from "../../static/js/room/card.js";
import { cards } from "../../static/js/room/order.js";
import { calling } from "../../static/js/room/patterns.js";
import { callsAlready } from "../../static/js/room/select.js";
import { empty, fromSnapshot, rebase, reduce } from "../../static/js/room/store.js";
import { fact, incident, snapshot } from "./room_cast.js";

const told = (id, fields = {}) => ({
  signal_id: id, camera_id: 7, camera_code: "C885", camera_name: "Gare Thiers, parvis", event_type: "abandoned_object", exercise: false,
  priority: 2, zone: "parvis", at: "2026-11-22T13:00:00+00:00", raised_at: "2026-11-22T13:00:02+00:00", score: 0.8, lat: 43.7, lon: 7.26, ...fields,
});
const after = (facts, state = empty()) => reduce(state, facts).state;

test("a signal is a card that asks to be confirmed, and nothing calls for it", () => {
  const state = after([fact("detection.signalled", told(5))]);
  const [card] = cards(state).real;
  assert.equal(card.key, "s5");
  assert.deepEqual(holderTag(card.row, { user_id: 1 }, new Map())[0], "to confirm");
  assert.match(whatItIs(card.row), /C885 · Abandoned object · parvis/);
  assert.equal(calling(state), null);
  assert.equal(callsAlready(state), undefined);
  assert.deepEqual(arrived(empty(), state).map((one) => one.key), ["s5"]);
  assert.match(sentence([card]), /Abandoned object.*Gare Thiers/);
});

test("an exercise stands apart", () => {
  const { real, exercise } = cards(after([fact("detection.signalled", told(5, { exercise: true }))]));
  assert.deepEqual([real.length, exercise.length], [0, 1]);
});

test("what is seen again stays one card; what is dismissed goes", () => {
  const once = after([fact("detection.signalled", told(5)), fact("detection.seen_again", { signal_id: 5, folded: 3, last_at: "x", score: 0.9 })]);
  assert.deepEqual([...once.signals.values()].map((row) => row.folded), [3]);
  assert.equal(after([fact("detection.dismissed", { signal_id: 5, verdict: "rejected" })], once).signals.size, 0);
});

test("a confirmed one stays until its incident takes its place, and arrives once", () => {
  const waiting = after([fact("detection.signalled", told(5))]);
  const confirmed = after([fact("detection.confirmed", { signal_id: 5 })], waiting);
  assert.equal(confirmed.signals.get(5).state, "confirmed");
  const opened = after([fact("incidents.opened", { ...incident(9), cause: "signal:5", alert_ids: [] })], confirmed);
  assert.equal(opened.signals.size, 0);
  assert.equal(opened.signalHome.get(5), 9);
  assert.deepEqual(arrived(confirmed, opened), []);
  assert.equal(after([fact("detection.signalled", told(5))], opened).signals.size, 0, "told late, it does not come back");
});

test("one that joins an incident leaves the queue too", () => {
  const both = after([fact("detection.signalled", told(5))], fromSnapshot(snapshot({ incidents: [incident(9)] })));
  const joined = after([fact("incidents.joined", { incident_id: 9, cause: "signal:5", alerts: 1, priority: 2 })], both);
  assert.equal(joined.signals.size, 0);
});

test("a snapshot brings those that wait", () => {
  const state = rebase(empty(), snapshot({ signals: [told(5, { state: "pending", folded: 2 })] }));
  assert.equal(cards(state).real[0].row.place_label, "Gare Thiers, parvis");
});

test("the box goes along with what was seen, and is gone where nothing was", () => {
  const boxes = [{ at: 1000, box: [0, 0, 0.2, 0.2] }, { at: 2000, box: [0.4, 0, 0.2, 0.2] }, { at: 60_000, box: [0.4, 0, 0.2, 0.2] }];
  assert.deepEqual(boxAt(boxes, 1500), [0.2, 0, 0.2, 0.2]);
  assert.deepEqual(boxAt(boxes, 1000), [0, 0, 0.2, 0.2]);
  assert.equal(boxAt(boxes, 30_000), null);
  assert.equal(boxAt(boxes, 70_000), null);
  assert.equal(boxAt([], 1000), null);
});
