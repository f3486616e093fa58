import { collection, openMap, shape } from './ground_map.js';

/** Where a file of cameras would put them: new ones, changed ones, and the way a moved one goes. */

const SHADES = { night: { create: '#4cc38a', change: '#ffb547', line: '#0c1116' }, day: { create: '#0d6b41', change: '#a15c00', line: '#ffffff' } };

function start(element) {
  const steps = JSON.parse(document.getElementById('import-steps').textContent);
  if (!steps.length) {
    element.hidden = true;
    return;
  }
  const points = steps.map(({ lon, lat, act, code }) => shape('Point', [lon, lat], { act, code }));
  const ways = steps.filter(({ from }) => from).map(({ lon, lat, from }) => shape('LineString', [from, [lon, lat]]));
  const map = openMap(element, {
    dress(dressed, theme) {
      const shades = SHADES[theme];
      dressed.addSource('steps', { type: 'geojson', data: collection(points) });
      dressed.addSource('ways', { type: 'geojson', data: collection(ways) });
      dressed.addLayer({ id: 'ways', type: 'line', source: 'ways', paint: { 'line-color': shades.change, 'line-width': 2 } });
      dressed.addLayer({
        id: 'steps', type: 'circle', source: 'steps',
        paint: { 'circle-radius': 5, 'circle-color': ['match', ['get', 'act'], 'create', shades.create, shades.change], 'circle-stroke-color': shades.line, 'circle-stroke-width': 1 },
      });
      dressed.addLayer({
        id: 'codes', type: 'symbol', source: 'steps', minzoom: 14,
        layout: { 'text-field': ['get', 'code'], 'text-font': ['Plex Medium'], 'text-size': 11, 'text-offset': [0, 1.1] },
        paint: { 'text-color': ['match', ['get', 'act'], 'create', shades.create, shades.change], 'text-halo-color': shades.line, 'text-halo-width': 1.4 },
      });
    },
  });
  const [lons, lats] = ['lon', 'lat'].map((name) => steps.map((step) => step[name]));
  map?.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { padding: 50, maxZoom: 16, animate: false });
}

for (const element of document.querySelectorAll('[data-import-map]')) start(element);
