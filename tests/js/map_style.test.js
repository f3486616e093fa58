import assert from 'node:assert/strict';
import { test } from 'node:test';

import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';

import { EMPTY, conesWithin, dressed, look, withEstate } from '../../static/js/map/estate.js';
import { PALETTES } from '../../static/js/map/palette.js';
import { buildStyle, fontFaces } from '../../static/js/map/style.js';
import { buildTilesStyle } from '../../static/js/map/tiles_style.js';

const ROOT = 'https://centre.example/static/';
const estate = (theme, hidden = new Set()) => ({
  theme, hidden, cameras: EMPTY, sites: EMPTY, cones: EMPTY, faces: fontFaces(`${ROOT}vendor/fonts/`),
});
const camera = (lon, lat, more = {}) => ({
  type: 'Feature',
  properties: { id: 1, code: 'C885', name: 'Turin', kind: 'dome', state: 'ok', azimuth_deg: 40, hfov_deg: 60, range_m: 80, ...more },
  geometry: { type: 'Point', coordinates: [lon, lat] },
});
const collection = (...features) => ({ type: 'FeatureCollection', features });

for (const theme of ['night', 'day']) {
  test(`the drawn base, ${theme}, is a valid style with the estate on top`, () => {
    const style = withEstate(buildStyle({ theme, root: ROOT }), estate(theme));
    assert.deepEqual(validateStyleMin(style).map((error) => error.message), []);
    assert.equal(style.layers.at(-1).id, 'camera-codes');
  });

  test(`the base read from tiles, ${theme}, is a valid style`, () => {
    const style = withEstate(buildTilesStyle({ theme, url: 'https://centre.example/nice.pmtiles', root: ROOT }), estate(theme));
    assert.deepEqual(validateStyleMin(style).map((error) => error.message), []);
  });
}

test('the drawn base asks nothing of another server', () => {
  const style = buildStyle({ theme: 'night', root: ROOT });
  assert.equal(style.glyphs, undefined);
  assert.equal(style.sprite, undefined);
  const addresses = JSON.stringify(style).match(/https?:[^"]+/g);
  for (const address of addresses) assert.ok(address.startsWith(ROOT), address);
});

test('night and day name the same colours', () => {
  assert.deepEqual(Object.keys(PALETTES.day).sort(), Object.keys(PALETTES.night).sort());
});

test('every layer keeps its name from one theme to the other', () => {
  const names = (theme) => buildStyle({ theme, root: ROOT }).layers.map((layer) => layer.id);
  const added = names('day').filter((name) => !names('night').includes(name));
  assert.deepEqual(added, ['avenues-casing']);
});

test('a camera looks like its kind, but lost and out of service come first', () => {
  assert.equal(look('ptz', 'ok'), 'dome');
  assert.equal(look('third_party', 'ok'), 'third');
  assert.equal(look('dome', 'offline'), 'lost');
  assert.equal(look('dome', 'out_of_service'), 'out');
  assert.equal(look('something new', 'ok'), 'fixed');
});

test('a hidden layer stays hidden in a new style', () => {
  const style = withEstate(buildStyle({ theme: 'day', root: ROOT }), estate('day', new Set(['cameras'])));
  const shown = (id) => style.layers.find((layer) => layer.id === id).layout.visibility;
  assert.equal(shown('cameras'), 'none');
  assert.equal(shown('sites'), 'visible');
});

test('cones are drawn for answering cameras inside the view only', () => {
  const cameras = dressed(collection(
    camera(7.27, 43.7),
    camera(7.4, 43.7),
    camera(7.27, 43.7, { state: 'offline' }),
    camera(7.27, 43.7, { azimuth_deg: null }),
  ));
  const view = { west: 7.26, east: 7.28, south: 43.69, north: 43.71 };
  assert.equal(conesWithin(cameras, view).features.length, 1);
});
