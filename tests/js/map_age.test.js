import assert from 'node:assert/strict';
import { test } from 'node:test';

import { age } from '../../static/js/map/age.js';

test('ages read like clocks', () => {
  assert.equal(age(34_900), '0:34');
  assert.equal(age(725_000), '12:05');
  assert.equal(age(3_729_000), '1:02:09');
});

test('an alert from a clock ahead of ours is new, not negative', () => {
  assert.equal(age(-5_000), '0:00');
});
