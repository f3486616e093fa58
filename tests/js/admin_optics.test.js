import assert from 'node:assert/strict';
import { test } from 'node:test';

import { coveredDeg, groundReachM, isWhole, slantReachM } from '../../static/js/admin/optics.js';

const fixed = { kind: 'fixed', widthPx: 1920, hfovDeg: 90, hfovTeleDeg: 90, heightM: 0, rangeM: 100 };
const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 0.05, `${value} is not ${wanted}`);

test('a lens of 90 degrees has 1920 / (2 d) pixels per metre', () => {
  near(slantReachM(fixed, 19.2), 50);
});

test('a dome zooms in for its reach', () => {
  near(slantReachM({ ...fixed, kind: 'dome', hfovTeleDeg: 3 }, 250), 146.6);
});

test('a 360° camera spreads its pixels over the circle', () => {
  near(slantReachM({ ...fixed, kind: 'panoramic', widthPx: 4000, hfovDeg: 360 }, 63.66), 10);
});

test('height takes from the reach on the ground, and range ends it', () => {
  near(groundReachM({ ...fixed, heightM: 40 }, 19.2), 30);
  near(groundReachM({ ...fixed, heightM: 60 }, 19.2), 0);
  near(groundReachM({ ...fixed, rangeM: 20 }, 19.2), 20);
});

test('what turns covers all round', () => {
  assert.equal(coveredDeg({ ...fixed, kind: 'dome' }), 360);
  assert.equal(coveredDeg(fixed), 90);
});

test('a number half typed makes no camera', () => {
  assert.ok(isWhole(fixed));
  assert.ok(!isWhole({ ...fixed, rangeM: Number.NaN }));
  assert.ok(!isWhole({ ...fixed, hfovDeg: 180 }));
});
