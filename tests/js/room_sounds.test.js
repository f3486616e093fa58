import assert from "node:assert/strict";
import { test } from "node:test";
import { PATTERNS, calling, nextRound, pattern } from "../../static/js/room/patterns.js";
import { fromSnapshot, reduce } from "../../static/js/room/store.js";
import { alert, fact, incident, snapshot } from "./room_cast.js";

const hears = (fields) => calling(fromSnapshot(snapshot(fields)));

test("each priority has a sound of its own, and the most urgent repeats soonest", () => {
  const melodies = [1, 2, 3].map((priority) => PATTERNS[priority].notes.map((note) => note.hz).join());
  assert.equal(new Set(melodies).size, 3);
  assert.ok(PATTERNS[1].every < PATTERNS[2].every && PATTERNS[2].every < PATTERNS[3].every);
  for (const { notes, every } of Object.values(PATTERNS)) {
    assert.ok(notes.at(-1).at + notes.at(-1).lasts < every, "a round ends before the next");
  }
});

test("an exercise says so before anything else", () => {
  const [first, ...rest] = pattern(1, true).notes;
  assert.ok(first.hz < 200);
  assert.deepEqual(rest.map((note) => note.hz), pattern(1, false).notes.map((note) => note.hz));
});

test("silence when nobody calls, or when all is taken", () => {
  assert.equal(hears({}), null);
  assert.equal(hears({ incidents: [incident(1, { taken_user_id: 4, taken_by: "Poste 1" })] }), null);
  assert.equal(hears({ closed: [incident(1, { state: "closed", closed_at: "t" })] }), null);
});

test("the most urgent of what waits is heard, the real before the exercise", () => {
  const both = hears({ incidents: [incident(1, { priority: 1, exercise: true }), incident(2, { priority: 1 }), incident(3, { priority: 2 })] });
  assert.deepEqual(both, { priority: 1, exercise: false, insists: false, count: 3 });
  assert.equal(hears({ incidents: [incident(1, { priority: 2 })], alerts: [alert(9, { priority: 1 })] }).priority, 1);
});

test("taking it anywhere stops it here; giving it back starts it again", () => {
  const state = fromSnapshot(snapshot({ incidents: [incident(5, { priority: 1 })] }));
  const taken = reduce(state, [fact("incidents.taken", { incident_id: 5, by: "Poste 1", user_id: 1, taken_at: "t" })]).state;
  assert.equal(calling(taken), null);
  assert.equal(calling(reduce(taken, [fact("incidents.released", { incident_id: 5 })]).state).priority, 1);
});

test("what nobody answered insists, until somebody takes it", () => {
  const state = fromSnapshot(snapshot({ incidents: [incident(5, { priority: 1, alert_ids: [12] })] }));
  const late = reduce(state, [fact("alerts.state_changed", { alert_id: 12, state: "escalated" })]).state;
  assert.equal(calling(late).insists, true);
  const [usual, insisting] = [pattern(1, false), pattern(1, false, true)];
  assert.equal(insisting.notes.length, 2 * usual.notes.length);
  assert.ok(insisting.every - insisting.notes.at(-1).at - insisting.notes.at(-1).lasts < 1, "hardly a pause between rounds");
  assert.equal(nextRound(calling(state), calling(late), 10, 10.5), 10.5, "it changes at once");
  const taken = reduce(late, [
    fact("alerts.state_changed", { alert_id: 12, state: "acknowledged" }),
    fact("incidents.taken", { incident_id: 5, by: "Poste 1", user_id: 1, taken_at: "t" }),
  ]).state;
  assert.equal(calling(taken), null);
  assert.equal(calling(reduce(taken, [fact("incidents.released", { incident_id: 5 })]).state).insists, false);
});

test("an alert that was shown is not yet answered, and no more", () => {
  const state = fromSnapshot(snapshot({ alerts: [alert(12)] }));
  const shown = reduce(state, [fact("alerts.state_changed", { alert_id: 12, state: "presented" })]).state;
  assert.equal(calling(shown).insists, false);
  assert.equal(calling(reduce(shown, [fact("alerts.state_changed", { alert_id: 12, state: "escalated" })]).state).insists, true);
});

test("a new urgency sounds at once, the same one keeps its pace", () => {
  const one = { priority: 1, exercise: false };
  const two = { priority: 2, exercise: false };
  assert.equal(nextRound(null, one, null, 10), 10);
  assert.equal(nextRound(one, one, 10, 10.5), 13);
  assert.equal(nextRound(two, one, 10, 10.5), 10.5);
  assert.equal(nextRound(one, null, 10, 11), null);
  assert.equal(nextRound(one, one, 10, 60), 60, "after a silence it does not make up for the rounds missed");
});
