import assert from "node:assert/strict";
import { test } from "node:test";
import { isDue } from "../../static/js/wall/hours.js";

const zone = "Europe/Paris";
const at = (text) => Date.parse(text);

test("a tour is due on its days between its hours, by the clock of the centre; without hours always", () => {
  const night = [{ weekdays: [5], starts: "22:00", ends: "02:00" }];
  assert.equal(isDue([], 0, zone), true);
  assert.equal(isDue(night, at("2026-02-06T21:30:00Z"), zone), true, "Friday 22:30 in Paris");
  assert.equal(isDue(night, at("2026-02-06T20:59:00Z"), zone), false);
  assert.equal(isDue(night, at("2026-02-07T00:59:00Z"), zone), true, "and past midnight");
  assert.equal(isDue(night, at("2026-02-07T01:00:00Z"), zone), false);
  assert.equal(isDue(night, at("2026-02-07T21:30:00Z"), zone), false, "Saturday");
  assert.equal(isDue([{ weekdays: [7], starts: "08:00", ends: "20:00" }], at("2026-08-02T06:00:00Z"), zone), true);
});
