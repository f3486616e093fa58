import { gettext } from '../map/words.js';
import { AreaEditor } from './area_editor.js';
import { collection, openMap, shape } from './ground_map.js';

/** The map of an order of the prefect: its perimeter is drawn on it; each camera is a disc (reached) or a ring. */

function inside(ring, [x, y]) {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

function around(cameras) {
  if (!cameras.length) return null;
  const [lons, lats] = [cameras.map(({ lon }) => lon), cameras.map(({ lat }) => lat)];
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

function start(element) {
  const frame = element.parentElement;
  const field = element.closest('form').elements.namedItem('perimeter');
  const cameras = JSON.parse(document.getElementById('cameras-of-order').textContent);
  const said = frame.querySelector('[data-said]');
  const counted = frame.querySelector('[data-counted]');
  let editor = null;
  let before = null;

  /** As saved, and by what is drawn now: what the perimeter alone gave comes and goes with it. */
  const reached = (camera) => {
    const at = [camera.lon, camera.lat];
    const now = editor?.isClosed && inside(editor.corners, at);
    const was = before && inside(before, at);
    return Boolean(now || (camera.reached && !was));
  };

  const shapes = () => collection(cameras.map((camera) => (
    shape('Point', [camera.lon, camera.lat], { code: camera.code, reached: reached(camera) })
  )));

  function redraw(map) {
    map.getSource('cameras')?.setData(shapes());
    const count = cameras.filter(reached).length;
    counted.textContent = `${gettext('reached')}: ${count} · ${gettext('not reached')}: ${cameras.length - count}`;
  }

  const map = openMap(element, {
    dress(dressed, theme) {
      const colour = theme === 'night' ? '#5fb3ff' : '#0a5ea8';
      dressed.addSource('cameras', { type: 'geojson', data: shapes() });
      dressed.addLayer({
        id: 'cameras', type: 'circle', source: 'cameras',
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 2.5, 15, 5],
          'circle-color': colour,
          'circle-opacity': ['case', ['get', 'reached'], 1, 0],
          'circle-stroke-color': ['case', ['get', 'reached'], colour, theme === 'night' ? '#ffb547' : '#a15c00'],
          'circle-stroke-width': 1.5,
        },
      });
      editor?.dress(dressed, theme);
    },
  });
  if (!map) return;
  if (field) {
    editor = new AreaEditor(map, field, { say: (words) => (said.textContent = words) });
    before = editor.isClosed ? editor.corners.map((corner) => [...corner]) : null;
    editor.drawing = true;
    map.on('click', (event) => editor.add(event.lngLat.toArray()));
    field.addEventListener('change', () => redraw(map));
    frame.querySelector('[data-remove-corner]')?.addEventListener('click', () => editor.remove(editor.chosen));
    frame.querySelector('[data-clear-area]')?.addEventListener('click', () => editor.clear());
  }
  const bounds = editor?.bounds() ?? around(cameras);
  if (bounds) map.fitBounds(bounds, { padding: 60, maxZoom: 16, animate: false });
  map.on('load', () => redraw(map));
  redraw(map);
}

for (const element of document.querySelectorAll('[data-perimeter-map]')) start(element);
