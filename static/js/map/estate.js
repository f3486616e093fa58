import { cone } from './geo.js';
import { PALETTES } from './palette.js';

/** Cameras and sites: thousands of points that rarely change, drawn by the graphics card. */

export const EMPTY = { type: 'FeatureCollection', features: [] };
/** From this zoom on, what a camera looks at is worth drawing. */
export const CONE_ZOOM = 16;
export const SYMBOL_ZOOM = 15;

const LOOKS = {
  dome: 'dome', ptz: 'dome',
  fixed: 'fixed',
  panoramic: 'panoramic', 360: 'panoramic', '360°': 'panoramic', fisheye: 'panoramic',
  thermal: 'thermal',
  third: 'third', third_party: 'third', thirdparty: 'third', 'third-party': 'third',
};
const LOST = new Set(['lost', 'offline', 'unreachable', 'silent', 'no_answer', 'no_image', 'faulty', 'failed']);
const OUT = new Set(['out', 'out_of_service', 'maintenance', 'withdrawn', 'retired', 'disabled', 'planned', 'stopped']);

/**
 * What a camera looks like: its kind, unless it is lost or out of service.
 * @param {string} kind
 * @param {string} state
 */
export function look(kind, state) {
  if (LOST.has(state)) return 'lost';
  if (OUT.has(state)) return 'out';
  return LOOKS[kind] ?? 'fixed';
}

/** The cameras with the two properties the layers read. */
export function dressed(collection) {
  const features = collection.features.map((feature) => {
    const p = feature.properties;
    const shape = look(p.kind, p.state);
    const turned = ['dome', 'fixed', 'thermal'].includes(shape) ? (p.azimuth_deg ?? 0) : 0;
    return { ...feature, properties: { ...p, look: shape, turned } };
  });
  return { type: 'FeatureCollection', features };
}

/**
 * Cones of the cameras inside the view only: a few dozen, never the whole estate.
 * @param {GeoJSON.FeatureCollection} cameras
 * @param {{west: number, south: number, east: number, north: number}} view
 */
export function conesWithin(cameras, { west, south, east, north }) {
  const features = [];
  for (const { geometry, properties: p } of cameras.features) {
    const [lon, lat] = geometry.coordinates;
    if (lon < west || lon > east || lat < south || lat > north) continue;
    if (p.azimuth_deg == null || ['lost', 'out'].includes(p.look)) continue;
    const reach = Math.min(p.range_m ?? 60, 120);
    const ring = cone([lon, lat], p.azimuth_deg, p.look === 'panoramic' ? 360 : (p.hfov_deg ?? 60), reach);
    features.push({
      type: 'Feature',
      properties: { id: p.id },
      geometry: { type: 'Polygon', coordinates: [ring] },
    });
  }
  return { type: 'FeatureCollection', features };
}

/** The codes of all cameras but these. @param {number[]} ids */
export const codesBut = (ids) => ['!', ['in', ['get', 'id'], ['literal', ids]]];

function cameraLayers(c, theme, visibility, ordered) {
  const symbol = ['concat', 'camera/', ['get', 'look'], `/${theme}`];
  const layout = {
    visibility,
    'icon-image': symbol,
    'icon-allow-overlap': true,
    'icon-ignore-placement': true,
    'icon-rotate': ['get', 'turned'],
    'icon-rotation-alignment': 'map',
  };
  const unwell = ['in', ['get', 'look'], ['literal', ['lost', 'out']]];
  return [
    {
      id: 'camera-cones', type: 'fill', source: 'cones', minzoom: CONE_ZOOM, layout: { visibility },
      paint: { 'fill-color': c.camera, 'fill-opacity': 0.1 },
    },
    {
      id: 'camera-dots', type: 'circle', source: 'cameras', maxzoom: SYMBOL_ZOOM, layout: { visibility },
      filter: ['!', unwell],
      paint: {
        'circle-color': c.cameraDot,
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 1, 12, 1.4, 15, 3.2],
        'circle-opacity': ['interpolate', ['linear'], ['zoom'], 11, 0.4, 15, 0.9],
      },
    },
    {
      id: 'camera-unwell', type: 'symbol', source: 'cameras', minzoom: 11.5, maxzoom: SYMBOL_ZOOM, filter: unwell,
      layout: { ...layout, 'icon-size': ['interpolate', ['linear'], ['zoom'], 11.5, 0.28, 15, 0.62] },
      paint: { 'icon-opacity': ['interpolate', ['linear'], ['zoom'], 12, 0.5, 15, 0.9] },
    },
    {
      id: 'cameras', type: 'symbol', source: 'cameras', minzoom: SYMBOL_ZOOM,
      layout: { ...layout, 'icon-size': ['interpolate', ['linear'], ['zoom'], 15, 0.62, 16.5, 0.95, 18, 1.25] },
      paint: { 'icon-opacity': ['interpolate', ['linear'], ['zoom'], 15, 0.8, 16.5, 1] },
    },
    {
      id: 'camera-codes', type: 'symbol', source: 'cameras', minzoom: 16.4, filter: codesBut(ordered),
      layout: {
        visibility,
        'text-field': ['get', 'code'], 'text-font': ['Plex'], 'text-size': 11,
        'text-anchor': 'top', 'text-offset': [0, 0.9], 'text-padding': 1,
      },
      paint: { 'text-color': c.label, 'text-halo-color': c.built, 'text-halo-width': 1.4 },
    },
  ];
}

/** The names of all sites but these: the alerts there carry them. @param {string[]} codes */
export const sitesBut = (codes) => ['step', ['zoom'], '', 15.4, ['case', ['in', ['get', 'code'], ['literal', codes]], '', ['get', 'name']]];

function siteLayers(c, theme, visibility, calling) {
  return [
    {
      id: 'sites', type: 'symbol', source: 'sites', minzoom: 13,
      layout: {
        visibility,
        'icon-image': `site/any/${theme}`,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 13, 0.55, 16, 0.9],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'text-field': sitesBut(calling),
        'text-font': ['Plex Medium'], 'text-size': 11.5, 'text-max-width': 9,
        'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-justify': 'left', 'text-optional': true,
      },
      paint: { 'text-color': c.labelStrong, 'text-halo-color': c.built, 'text-halo-width': 1.4 },
    },
  ];
}

/**
 * A style with the estate on top of it, whatever base it draws.
 * @param {import("maplibre-gl").StyleSpecification} style
 * @param {{theme: "night"|"day", cameras: object, sites: object, cones: object, hidden: Set<string>, ordered?: number[], calling?: string[]}} estate
 */
export function withEstate(style, { theme, cameras, sites, cones, hidden, faces, ordered = [], calling = [] }) {
  const c = PALETTES[theme];
  const shown = (name) => (hidden.has(name) ? 'none' : 'visible');
  const points = (data) => ({ type: 'geojson', data, buffer: 16, tolerance: 0, maxzoom: 15 });
  return {
    ...style,
    'font-faces': { ...style['font-faces'], ...faces },
    sources: {
      ...style.sources,
      cameras: points(cameras),
      sites: points(sites),
      cones: { type: 'geojson', data: cones, tolerance: 0 },
    },
    layers: [
      ...style.layers,
      ...siteLayers(c, theme, shown('sites'), calling),
      ...cameraLayers(c, theme, shown('cameras'), ordered),
    ],
  };
}

/** Which layers a name of the tools bar switches. */
export const SWITCHES = {
  cameras: ['camera-cones', 'camera-dots', 'camera-unwell', 'cameras', 'camera-codes'],
  sites: ['sites'],
};
