import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bearing, circle, cone, destination, distance, turn } from '../../static/js/map/geo.js';
import { opening } from '../../static/js/map/overlay_focus.js';

const MASSENA = [7.2704, 43.6973];

test('a point put 500 m away lies 500 m away, in the direction asked', () => {
  const there = destination(MASSENA, 37, 500);
  assert.ok(Math.abs(distance(MASSENA, there) - 500) < 0.01);
  assert.ok(Math.abs(bearing(MASSENA, there) - 37) < 0.01);
});

test('a cone is a closed ring from its camera, as wide as its opening', () => {
  const ring = cone(MASSENA, 350, 60, 80);
  assert.deepEqual(ring[0], MASSENA);
  assert.deepEqual(ring.at(-1), MASSENA);
  assert.ok(Math.abs(turn(bearing(MASSENA, ring[1]), 320)) < 0.01);
  assert.ok(Math.abs(turn(bearing(MASSENA, ring.at(-2)), 20)) < 0.01);
  for (const corner of ring.slice(1, -1)) assert.ok(Math.abs(distance(MASSENA, corner) - 80) < 0.01);
});

test('a cone of 360° is a circle without its centre', () => {
  const ring = cone(MASSENA, 0, 360, 50);
  assert.deepEqual(ring, circle(MASSENA, 50));
  assert.deepEqual(ring[0], ring.at(-1));
});

test('the turn between two headings takes the shorter side', () => {
  assert.equal(turn(350, 10), 20);
  assert.equal(turn(10, 350), -20);
});

test('an ordered cone narrows with distance and never becomes a line or a fan', () => {
  assert.ok(opening(30) > opening(100));
  assert.equal(opening(0), 50);
  assert.equal(opening(5000), 6);
});
