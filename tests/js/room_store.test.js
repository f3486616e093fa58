import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANGES } from "../../static/js/room/facts.js";
import { empty, fromSnapshot, isWaiting, rebase, reduce } from "../../static/js/room/store.js";
import { alert, fact, incident, snapshot, story, upTo } from "./room_cast.js";

const after = (facts, state = fromSnapshot(snapshot())) => reduce(state, facts).state;

test("an alert is there at once, before its incident", () => {
  const state = after(upTo("alerts.received"));
  assert.equal(state.alerts.get(12).place_label, "École Saint-Roch");
  assert.equal(state.incidents.size, 0);
  assert.ok(isWaiting(state.alerts.get(12)));
});

test("the alert becomes its incident: one case, never two", () => {
  const state = after(upTo("incidents.opened"));
  assert.equal(state.alerts.size, 0);
  assert.equal(state.home.get(12), 5);
  assert.equal(state.incidents.get(5).presses, 1);
});

test("the whole story ends as the server says it ended", () => {
  const state = after(story());
  const five = state.incidents.get(5);
  assert.equal(five.state, "closed");
  assert.equal(five.outcome, "arrest");
  assert.equal(five.priority, 2);
  assert.equal(five.doubt, "founded");
  assert.equal(five.presses, 3);
  assert.equal(five.alerts, 2);
  assert.ok(five.cancelled);
  assert.deepEqual(five.orders.map((order) => order.code), ["C885"]);
  assert.equal(five.orders[0].ordered_at, "2026-11-22T13:03:07.300000+00:00");
  assert.deepEqual([five.orders[0].state, five.orders[0].result.reason.code], ["strayed", "restarted"], "turned, and then it restarted");
  const late = after(story().filter((one) => !["cameras.turned", "cameras.strayed"].includes(one.kind))).incidents.get(5);
  assert.deepEqual([late.orders[0].state, late.orders[0].result.reason.code], ["late", "long"], "it goes on trying; told after its end it counts for nothing");
  const before = after(story().filter((one) => one.kind !== "cameras.strayed")).incidents.get(5);
  assert.deepEqual([before.orders[0].state, before.orders[0].result.reason.code], ["done", "turned"]);
  assert.deepEqual(five.left_out.map((one) => one.code), ["C117"]);
  assert.equal(state.cameras.get(885).state, "lost");
  assert.equal(state.tests.length, 1);
  assert.equal(state.cameras.get(886).state, "live");
  assert.equal(state.last, 131);
});

test("every fact counts once, however often it comes", () => {
  const twice = after([...story(), ...story()]);
  assert.deepEqual(twice.incidents.get(5), after(story()).incidents.get(5));
  assert.deepEqual(reduce(twice, story()).fresh, []);
});

test("facts that come in another order end the same", () => {
  const given = story();
  const opened = given.filter((one) => one.kind === "incidents.opened");
  const rest = given.filter((one) => one.kind !== "incidents.opened");
  const wanted = after(given).incidents.get(5);
  for (const facts of [[...rest, ...opened], [...given].reverse()]) {
    const { state, outcome, doubt, priority, taken_user_id: holder, alerts } = after(facts).incidents.get(5);
    assert.deepEqual(
      { state, outcome, doubt, priority, holder, alerts },
      { state: wanted.state, outcome: wanted.outcome, doubt: wanted.doubt, priority: wanted.priority, holder: wanted.taken_user_id, alerts: wanted.alerts },
    );
    assert.equal(after(facts).alerts.size, 0);
  }
});

test("a late fact is counted even when younger ones came first", () => {
  const [received, , , taken] = upTo("incidents.taken");
  const opened = story()[1];
  const state = after([received, taken]);
  assert.equal(state.last, taken.id);
  assert.equal(after([opened], state).incidents.get(5).taken_by, "Poste 3");
});

test("an older fact does not undo a younger one", () => {
  const open = snapshot({ incidents: [incident(5)] });
  const taken = { ...fact("incidents.taken", { incident_id: 5, by: "Poste 1", user_id: 1, taken_at: "t" }), id: 201 };
  const released = { ...fact("incidents.released", { incident_id: 5 }), id: 200 };
  assert.equal(after([taken, released], fromSnapshot(open)).incidents.get(5).taken_by, "Poste 1");
});

test("kinds nobody knows are let pass and counted as read", () => {
  const { state, fresh } = reduce(fromSnapshot(snapshot()), [{ ...fact("weather.changed", { colour: "yellow" }), id: 140 }]);
  assert.equal(state.last, 140);
  assert.equal(fresh.length, 1);
});

test("a snapshot and the facts it already holds do not add up", () => {
  const facts = story();
  const state = after(facts.slice(0, 3));
  const whole = snapshot({ last: 103, incidents: [incident(5, { alert_ids: [12], orders: facts[2].data.orders })] });
  const rebased = rebase(state, whole);
  assert.equal(rebased.incidents.get(5).orders.length, 1);
  assert.equal(after(facts.slice(0, 4), rebased).incidents.get(5).orders.length, 1);
});

test("facts younger than a snapshot are laid over it again", () => {
  const state = after(upTo("incidents.taken"));
  const rebased = rebase(state, snapshot({ last: 102, incidents: [incident(5, { alert_ids: [12], priority: 1 })] }));
  assert.equal(rebased.incidents.get(5).taken_by, "Poste 3");
  assert.equal(rebased.last, 104);
});

test("a press again counts for the incident, also when its alert came by snapshot", () => {
  const known = fromSnapshot(snapshot({ incidents: [incident(5, { alert_ids: [12], presses: 4, calls: { 12: { presses: 4, cancelled: false, escalated: false } } })] }));
  const again = (presses) => fact("alerts.pressed_again", { alert_id: 12, presses });
  assert.equal(after([again(5)], known).incidents.get(5).presses, 5);
  assert.equal(after([again(5), again(5)], known).incidents.get(5).presses, 5);
});

test("a cancelled alert stays: an operator still checks", () => {
  const state = after([...upTo("alerts.received"), fact("alerts.cancelled", { alert_id: 12 })]);
  assert.ok(state.alerts.get(12).cancelled);
});

test("a holder without a workstation still holds it", () => {
  const state = after([fact("incidents.taken", { incident_id: 5, by: "", user_id: 8, taken_at: "t" })],
    fromSnapshot(snapshot({ incidents: [incident(5)] })));
  assert.equal(isWaiting(state.incidents.get(5)), false);
});

test("nothing given is changed in place", () => {
  const before = fromSnapshot(snapshot({ incidents: [incident(5)], alerts: [alert(12)] }));
  const copy = structuredClone(before);
  reduce(before, story());
  assert.deepEqual(before, copy);
});

test("a long day does not fill the memory", () => {
  let state = empty();
  for (let i = 0; i < 40; i += 1) {
    state = after(Array.from({ length: 100 }, (_, n) => ({ ...fact("incidents.noted", { incident_id: 1 }), id: i * 100 + n + 1 })), state);
  }
  assert.ok(state.recent.size <= 3000);
  assert.equal(state.last, 4000);
});

test("the fixture tells every kind the store changes by", () => {
  const told = new Set(story().map((one) => one.kind));
  assert.deepEqual(Object.keys(CHANGES).filter((kind) => !told.has(kind)), []);
});
