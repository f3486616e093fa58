import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts } from "../../static/js/room/drafts.js";
import { nameOf } from "../../static/js/room/keys.js";
import { Presence } from "../../static/js/room/presence.js";
import { because } from "../../static/js/room/reasons.js";
import { sizeAsked, sizeFor, spots } from "../../static/js/wall/spots.js";
import { fromSnapshot } from "../../static/js/room/store.js";
import { incident, snapshot, story } from "./room_cast.js";

test("a digit is a digit on a French keyboard too", () => {
  assert.equal(nameOf({ key: "&", code: "Digit1" }), "1");
  assert.equal(nameOf({ key: "1", code: "Numpad1" }), "1");
  assert.equal(nameOf({ key: "f", code: "KeyF" }), "F");
  assert.equal(nameOf({ key: "/", code: "Period" }), "/");
  assert.equal(nameOf({ key: "?", code: "Comma" }), "?");
  assert.equal(nameOf({ key: "/", code: "Digit7" }), "/", "where the slash stands on a digit");
  assert.equal(nameOf({ key: "ArrowDown", code: "ArrowDown" }), "ArrowDown");
});

test("a draft stays with its incident until it is sent", () => {
  const drafts = new Drafts();
  drafts.keep(5, "note", "Gate open");
  drafts.keep(6, "note", " ");
  assert.deepEqual(drafts.of(5), [["note", "Gate open"]]);
  assert.ok(drafts.isWriting(5));
  assert.equal(drafts.isWriting(6), false);
  assert.equal(drafts.isWriting(null), false);
  drafts.drop(5, "note");
  assert.equal(drafts.isWriting(5), false);
});

test("the bar says whether a shift lead is at a screen, once it knows", () => {
  const presence = new Presence();
  assert.equal(presence.lead(), "");
  const one = { user_id: 1, label: "A", workstation: "Poste 1", incident_id: null, lead: false };
  presence.hear([one]);
  assert.equal(presence.lead(), "no shift lead");
  presence.hear([one, { ...one, user_id: 2, lead: true }]);
  assert.equal(presence.lead(), "shift lead present");
});

test("a reason is told in the reader's language, or else in the centre's", () => {
  const [order] = story()[2].data.orders;
  assert.equal(because(order), "38 m · 212 px/m · recognise");
  assert.equal(because({ why: "parce que", reason: { code: "new-one", figures: {} } }), "parce que");
  assert.equal(because({ why: "trop loin", reason: { code: "too_far", figures: {} } }), "trop loin", "a figure is missing");
});

const withCameras = (id, priority, count) => incident(id, { priority, orders: Array.from({ length: count }, (_, n) => ({ order_id: id * 10 + n })) });
const state = () => fromSnapshot(snapshot({ incidents: [withCameras(1, 1, 4), withCameras(2, 2, 2), withCameras(3, 3, 0)] }));

test("on the wall no call is left without a tile for another's second camera", () => {
  const shown = spots(state(), 4);
  assert.deepEqual(shown.map((spot) => spot.incident.incident_id), [1, 1, 2, 3]);
  assert.equal(shown.at(-1).order, null);
  assert.equal(spots(state(), 1).length, 1);
  assert.equal(new Set(spots(state(), 16).map((spot) => spot.key)).size, 7);
});

test("the wall takes the size that is asked, else the smallest that shows all", () => {
  assert.equal(sizeAsked("9"), 9);
  assert.equal(sizeAsked("7"), null);
  assert.equal(sizeFor(state()), 9);
  assert.equal(sizeFor(fromSnapshot(snapshot())), 4);
});
