import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../static/js/room/clock.js";
import * as link from "../../static/js/room/linkstate.js";

const live = () => link.ponged(link.opened(link.start(0), 100), 90, 100);

test("it is live only once the server has been heard", () => {
  assert.equal(link.view(link.start(0), 10).name, "connecting");
  assert.equal(link.view(link.opened(link.start(0), 10), 20).name, "connecting");
  assert.equal(link.view(live(), 150).name, "live");
  assert.equal(link.view(live(), 150).latency, 10);
});

test("silence shows within three seconds, and ends the socket within six", () => {
  assert.equal(link.view(live(), 100 + 3001).name, "late");
  assert.equal(link.due(live(), 100 + 5999).drop, false);
  assert.equal(link.due(live(), 100 + 6001).drop, true);
});

test("a slow answer is late even when it comes", () => {
  assert.equal(link.view(link.ponged(live(), 0, 2000), 2001).name, "late");
});

test("a lost link says since when and when it tries again", () => {
  const lost = link.closed(live(), 1006, 5000, 1);
  const view = link.view(lost, 5100);
  assert.equal(view.name, "lost");
  assert.equal(view.since, 100);
  assert.equal(view.retryIn, 400);
});

test("it comes back by itself, later each time, never later than fifteen seconds", () => {
  const waits = [0, 1, 2, 3, 10, 50].map((attempts) => link.backOff(attempts, 1));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 15000, 15000]);
  assert.ok(link.backOff(3, 0) >= 2000, "the spread is never below half");
  const lost = link.closed(live(), 1006, 5000, 1);
  assert.equal(link.due(lost, 5499).connect, false);
  const { connect, link: next } = link.due(lost, 5500);
  assert.ok(connect);
  assert.equal(link.due(next, 5600).connect, false, "once");
});

test("without a socket for four seconds it reads by itself, every two", () => {
  let lost = link.closed(live(), 1006, 200, 1);
  assert.equal(link.due(lost, 4000).poll, false);
  let step = link.due(lost, 4101);
  assert.ok(step.poll);
  assert.equal(link.due(step.link, 5000).poll, false);
  assert.ok(link.due(step.link, 6101).poll);
  lost = link.polled(step.link, 4200);
  assert.equal(link.view(lost, 4300).name, "polling");
  assert.equal(link.view(lost, 4200 + 5001).name, "lost", "an old reading is not a reading");
});

test("the first word from the server ends the outage", () => {
  const back = link.heard(link.opened(link.closed(live(), 1006, 200, 1), 9000), 9001);
  assert.equal(link.view(back, 9002).name, "live");
  assert.equal(back.attempts, 0);
  assert.equal(link.due(back, 9100).poll, false);
});

test("a socket that opens and closes without a word still waits longer", () => {
  let model = link.start(0);
  for (let i = 0; i < 3; i += 1) model = link.closed(link.opened(model, i), 1011, i, 1);
  assert.equal(model.attempts, 3);
});

test("no session and no right are final", () => {
  for (const [code, name] of [[4401, "signed-out"], [4403, "forbidden"]]) {
    const ended = link.closed(live(), code, 200, 1);
    assert.equal(link.view(ended, 99_999).name, name);
    assert.deepEqual(link.due(ended, 99_999), { link: ended, connect: false, drop: false, poll: false });
  }
  assert.equal(link.closed(live(), 4408, 200, 1).phase, "waiting", "fallen behind comes back");
});

test("the clock believes the shortest round trip", () => {
  let now = 0;
  const clock = new ServerClock(() => now);
  const at = (ms) => new Date(1_800_000_000_000 + ms).toISOString();
  clock.learn(at(5000), 0, 4000);
  assert.equal(clock.doubt, 2000);
  now = 10_000;
  clock.learn(at(10_000), 9_990, 10_000);
  assert.equal(clock.now(), 1_800_000_000_000 + 10_005);
  clock.learn(at(99_000), 9_000, 10_000);
  assert.equal(clock.now(), 1_800_000_000_000 + 10_005, "a slow answer changes nothing");
  assert.equal(clock.doubt, 5);
  now = 70_005;
  assert.equal(clock.since(at(10_010)), 60);
  assert.equal(clock.since(at(990_000)), 0, "never before it happened");
  assert.equal(clock.since(null), 0);
});

test("an old best witness is forgotten, so that a corrected server clock is believed", () => {
  const clock = new ServerClock(() => 0);
  clock.learn("2026-01-01T00:00:00Z", 0, 1);
  for (let i = 0; i < 8; i += 1) clock.learn("2026-01-02T00:00:00Z", 0, 10);
  assert.ok(Math.abs(clock.now() - Date.parse("2026-01-02T00:00:00Z")) < 20);
});
