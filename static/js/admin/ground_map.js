import * as maplibre from '../../vendor/maplibre-gl/maplibre-gl.mjs';
import { buildStyle } from '../map/style.js';
import { gettext } from '../map/words.js';

/** The drawn ground under the administrators' forms, in the light the page has. */

const NICE = [7.2685, 43.7035];

/** "night" or "day", as the administration is shown now. */
export function light() {
  return document.documentElement.dataset.theme === 'day' ? 'day' : 'night';
}

/**
 * A map in this element; `dress(map)` adds the page's own sources and layers, again after each change of light.
 * The arrow keys belong to what is placed on the map, not to the map.
 * @param {HTMLElement} element
 * @param {{center?: [number, number], zoom?: number, dress: (map: maplibre.Map, theme: string) => void}} options
 * @returns {maplibre.Map|null} null where the browser has no WebGL 2: the fields go on working alone
 */
export function openMap(element, { center = NICE, zoom = 13, dress }) {
  const context = document.createElement('canvas').getContext('webgl2');
  if (!context) {
    element.textContent = gettext('This browser cannot draw the map: write the numbers in the fields.');
    return null;
  }
  context.getExtension('WEBGL_lose_context')?.loseContext();
  let theme = light();
  const map = new maplibre.Map({
    container: element,
    style: buildStyle({ theme }),
    center,
    zoom,
    minZoom: 9,
    maxZoom: 21,
    maxPitch: 0,
    keyboard: false,
    dragRotate: false,
    fadeDuration: 0,
    attributionControl: false,
    locale: { 'Map.Title': gettext('Map of the city') },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new maplibre.ScaleControl({ maxWidth: 110 }), 'bottom-right');
  map.on('style.load', () => dress(map, theme));
  const relight = () => {
    if (light() === theme) return;
    theme = light();
    map.setStyle(buildStyle({ theme }), { diff: false });
  };
  new MutationObserver(relight).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return map;
}

/** A thing on the map one can drag and focus: a real button, so that a keyboard finds it. */
export function handle(map, className, label, at) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = className;
  button.setAttribute('aria-label', label);
  const marker = new maplibre.Marker({ element: button, draggable: true }).setLngLat(at).addTo(map);
  // MapLibre keeps the keys of a focused marker for itself otherwise.
  button.addEventListener('keydown', (event) => event.stopPropagation());
  return { marker, button };
}

/** GeoJSON of one geometry, or of nothing. */
export function shape(type, coordinates, properties = {}) {
  return { type: 'Feature', properties, geometry: { type, coordinates } };
}

export function collection(features) {
  return { type: 'FeatureCollection', features };
}
