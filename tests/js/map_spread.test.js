import assert from 'node:assert/strict';
import { test } from 'node:test';

import { spread } from '../../static/js/map/spread.js';

const at = (id, x, y) => ({ id, x, y });

test('what stands alone stands where it is', () => {
  const [one, other] = spread([at(1, 100, 100), at(2, 200, 100)]);
  assert.deepEqual([one.x, one.y, one.company], [100, 100, false]);
  assert.deepEqual([other.x, other.y, other.company], [200, 100, false]);
});

test('three at one place stand one below the other, and say that they are in company', () => {
  const spots = spread([at(1, 100, 100), at(2, 100, 100), at(3, 103, 98)]);
  for (const [i, spot] of spots.entries()) {
    assert.ok(spot.company);
    for (const other of spots.slice(i + 1)) assert.ok(Math.hypot(other.x - spot.x, other.y - spot.y) >= 30, 'they do not overlap');
  }
  assert.deepEqual(spots[0].place, { x: 100, y: 100 });
});

test('who is there does not move when another comes, even into the place a column has grown to', () => {
  const before = [at(1, 100, 100), at(2, 100, 100), at(3, 108, 140)];
  const [first, second, third] = spread(before);
  const after = spread([...before, at(4, 100, 101), at(5, 100, 135)]);
  assert.deepEqual(after.slice(0, 3).map(({ x, y }) => [x, y]), [first, second, third].map(({ x, y }) => [x, y]));
  for (const [i, one] of after.entries()) {
    for (const other of after.slice(i + 1)) assert.ok(Math.abs(one.x - other.x) >= 26 || Math.abs(one.y - other.y) >= 26, `${one.id} and ${other.id}`);
  }
});

test('a storm at one place ends, and shows each', () => {
  const spots = spread(Array.from({ length: 40 }, (_, id) => at(id, 50, 50)));
  assert.equal(new Set(spots.map(({ x, y }) => `${x},${y}`)).size, 40);
  assert.ok(Math.max(...spots.map(({ y }) => y)) < 50 + 10 * 36);
});
