import assert from "node:assert/strict";
import { test } from "node:test";

import { IdleClock, fill } from "../../static/js/accounts/idle-clock.js";

const T0 = 1_000_000;

test("it is over after the whole delay and not before", () => {
  const clock = new IdleClock(600, T0);
  assert.equal(clock.isOver(T0 + 599_999), false);
  assert.equal(clock.isOver(T0 + 600_000), true);
});

test("somebody heard, here or in another tab, begins it again", () => {
  const clock = new IdleClock(600, T0);
  clock.heard(T0 + 500_000);
  clock.heard(T0 + 100_000); // an old message of another tab
  assert.equal(clock.isOver(T0 + 1_000_000), false);
  assert.equal(clock.isOver(T0 + 1_100_000), true);
});

test("a machine that slept is over when it wakes", () => {
  const clock = new IdleClock(600, T0);
  assert.equal(clock.isOver(T0 + 3_600_000), true);
});

test("it reports once a minute, and only when somebody was heard since", () => {
  const clock = new IdleClock(600, T0);
  assert.equal(clock.shouldReport(T0 + 70_000), false);
  clock.heard(T0 + 71_000);
  assert.equal(clock.shouldReport(T0 + 72_000), true);
  clock.heard(T0 + 73_000);
  assert.equal(clock.shouldReport(T0 + 74_000), false);
  assert.equal(clock.shouldReport(T0 + 132_000), true);
});

test("unlocking begins a whole delay", () => {
  const clock = new IdleClock(600, T0);
  clock.restart(T0 + 900_000);
  assert.equal(clock.isOver(T0 + 1_499_999), false);
});

test("a text takes its values, and keeps what it has none for", () => {
  assert.equal(fill("%(person)s now sits at %(seat)s.", { person: "A", seat: "Poste 3" }), "A now sits at Poste 3.");
  assert.equal(fill("%(other)s", {}), "%(other)s");
});
