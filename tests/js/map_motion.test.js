import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Motion } from '../../static/js/map/motion.js';

const AT = '2026-03-02T14:03:07Z';
const WALL = Date.parse(AT);
const unit = (lon, heading = 0, more = {}) => ({ id: 7, label: 'P7', kind: 'car', lat: 43.7, lon, heading, at: AT, ...more });
const only = (motion, now, wall = WALL) => motion.placed(now, wall)[0];

test('a unit is first drawn where it is, without moving', () => {
  const motion = new Motion();
  motion.set([unit(7.26)], 0);
  assert.equal(only(motion, 0).lon, 7.26);
  assert.equal(motion.moving(0), false);
});

test('it reaches its new place after one second, half of it after half', () => {
  const motion = new Motion();
  motion.set([unit(7.26)], 0);
  motion.set([unit(7.2602)], 1000);
  assert.ok(Math.abs(only(motion, 1500).lon - 7.2601) < 1e-9);
  assert.equal(only(motion, 2000).lon, 7.2602);
  assert.equal(motion.moving(1500), true);
  assert.equal(motion.moving(2000), false);
});

test('what moves out of sight needs no new picture', () => {
  const motion = new Motion();
  motion.set([unit(7.26), { ...unit(7.27), id: 8 }], 0);
  motion.set([unit(7.2602), { ...unit(7.27), id: 8 }], 1000);
  assert.equal(motion.moving(1500, [8]), false);
  assert.equal(motion.moving(1500, [8, 7]), true);
  assert.equal(motion.moving(1500, []), false);
  assert.equal(motion.moving(1500, [99]), false);
});

test('a report in the middle of a move starts from the place drawn', () => {
  const motion = new Motion();
  motion.set([unit(7.26)], 0);
  motion.set([unit(7.2602)], 1000);
  const before = only(motion, 1500).lon;
  motion.set([unit(7.2604)], 1500);
  assert.equal(only(motion, 1500).lon, before);
});

test('it turns by the shorter side and keeps its heading when none is given', () => {
  const motion = new Motion();
  motion.set([unit(7.26, 350)], 0);
  motion.set([unit(7.26, 10)], 0);
  assert.equal(only(motion, 500).heading, 0);
  motion.set([unit(7.26, null)], 2000);
  assert.equal(only(motion, 4000).heading, 10);
});

test('a leap across the city is not animated', () => {
  const motion = new Motion();
  motion.set([unit(7.26)], 0);
  motion.set([unit(7.3)], 1000);
  assert.equal(only(motion, 1000).lon, 7.3);
});

test('where motion is unwelcome it arrives at once', () => {
  const motion = new Motion({ still: true });
  motion.set([unit(7.26)], 0);
  motion.set([unit(7.2602)], 1000);
  assert.equal(only(motion, 1000).lon, 7.2602);
  assert.equal(motion.moving(1000), false);
});

test('a position older than a minute is stale', () => {
  const motion = new Motion();
  motion.set([unit(7.26)], 0);
  assert.equal(only(motion, 0, WALL + 60_000).stale, false);
  assert.equal(only(motion, 0, WALL + 60_001).stale, true);
});

test('a unit no longer in the list disappears', () => {
  const motion = new Motion();
  motion.set([unit(7.26)], 0);
  motion.set([], 1000);
  assert.deepEqual(motion.placed(1000, WALL), []);
});
