import { AreaEditor } from './area_editor.js';
import { collection, openMap, shape } from './ground_map.js';

/** The map of a sector's form: its area is drawn on it, among the other sectors. */

function start(element) {
  const frame = element.parentElement;
  const field = element.closest('form').elements.namedItem(element.dataset.sectorMap || 'area');
  if (!field) return;
  const others = JSON.parse(document.getElementById('other-sectors').textContent)
    .map(({ name, area }) => shape(area.type, area.coordinates, { name }));
  const said = frame.querySelector('[data-said]');
  let editor = null;
  const map = openMap(element, {
    dress(dressed, theme) {
      const colour = theme === 'night' ? '#7d93a6' : '#5a6873';
      dressed.addSource('sectors', { type: 'geojson', data: collection(others) });
      dressed.addLayer({ id: 'sectors', type: 'line', source: 'sectors', paint: { 'line-color': colour, 'line-width': 1.2, 'line-dasharray': [3, 2] } });
      dressed.addLayer({
        id: 'sector-names', type: 'symbol', source: 'sectors',
        layout: { 'text-field': ['get', 'name'], 'text-font': ['Plex'], 'text-size': 12 },
        paint: { 'text-color': colour, 'text-halo-color': theme === 'night' ? '#111b25' : '#eef1f3', 'text-halo-width': 1.4 },
      });
      editor?.dress(dressed, theme);
    },
  });
  if (!map) return;
  editor = new AreaEditor(map, field, { say: (words) => (said.textContent = words) });
  editor.drawing = true;
  map.on('click', (event) => editor.add(event.lngLat.toArray()));
  const bounds = editor.bounds();
  if (bounds) map.fitBounds(bounds, { padding: 60, animate: false });
  frame.querySelector('[data-remove-corner]').addEventListener('click', () => editor.remove(editor.chosen));
  frame.querySelector('[data-clear-area]').addEventListener('click', () => editor.clear());
}

for (const element of document.querySelectorAll('[data-sector-map]')) start(element);
