import { PALETTES } from './palette.js';
import { fontFaces } from './style.js';

const STATIC = new URL('../../', import.meta.url).href;
const SOURCE = 'protomaps';

const is = (...values) => ['in', ['get', 'kind'], ['literal', values]];
const zoomed = (...stops) => ['interpolate', ['exponential', 1.6], ['zoom'], ...stops];

function fill(id, layer, colour, filter = ['all']) {
  return {
    id, type: 'fill', source: SOURCE, 'source-layer': layer, filter, paint: { 'fill-color': colour },
  };
}

function line(id, filter, colour, width, layer = 'roads') {
  return {
    id,
    type: 'line',
    source: SOURCE,
    'source-layer': layer,
    filter,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': width },
  };
}

function text(id, layer, filter, colour, halo, layout, minzoom = 0) {
  return {
    id,
    type: 'symbol',
    source: SOURCE,
    'source-layer': layer,
    filter,
    minzoom,
    layout: { 'text-field': ['coalesce', ['get', 'name:fr'], ['get', 'name']], 'text-font': ['Plex'], ...layout },
    paint: { 'text-color': colour, 'text-halo-color': halo, 'text-halo-width': 1.4 },
  };
}

function grounds(c) {
  return [
    { id: 'land', type: 'background', paint: { 'background-color': c.land } },
    fill('earth', 'earth', c.land),
    fill('urban', 'landuse', c.built, is('residential', 'commercial', 'industrial', 'urban_area')),
    fill('green', 'landuse', c.park, is('park', 'forest', 'wood', 'nature_reserve', 'cemetery', 'grass')),
    fill('beach', 'landuse', c.beach, is('beach', 'sand')),
    fill('aerodrome', 'landuse', c.airport, is('aerodrome', 'runway')),
    fill('water', 'water', c.sea),
    { ...fill('buildings', 'buildings', c.square), minzoom: 15 },
  ];
}

function ways(c) {
  return [
    line('lanes', is('other', 'path'), c.lane, zoomed(13, 0.4, 16, 2, 18, 6)),
    line('streets', is('minor_road'), c.street, zoomed(12, 0.5, 16, 5, 18, 16)),
    line('avenues', is('medium_road', 'major_road'), c.avenue, zoomed(11, 0.8, 16, 9, 18, 28)),
    line('motorway', is('highway'), c.motorway, zoomed(10, 1, 16, 10, 18, 28)),
    line('rail', is('rail'), c.railway, zoomed(12, 0.8, 17, 2.5)),
  ];
}

function names(c) {
  const along = { 'symbol-placement': 'line', 'text-size': 11.5, 'symbol-spacing': 420, 'text-padding': 24 };
  const sea = {
    'text-font': ['Plex Italic'], 'text-size': 15, 'text-letter-spacing': 0.42, 'text-transform': 'uppercase',
  };
  const district = { 'text-font': ['Plex Medium'], 'text-size': 13, 'text-letter-spacing': 0.06 };
  return [
    text('label-streets', 'roads', is('minor_road'), c.labelFaint, c.built, along, 15),
    text('label-avenues', 'roads', is('medium_road', 'major_road', 'highway'), c.label, c.built, along, 13),
    text('label-sea', 'water', is('ocean', 'sea', 'bay'), c.labelSea, c.haloSea, sea),
    text('label-districts', 'places', is('neighbourhood', 'macrohood'), c.label, c.halo, district, 12),
    text('label-towns', 'places', is('locality'), c.labelStrong, c.halo, district),
  ];
}

/**
 * A base read from one PMTiles file in the Protomaps schema (version 4), in the colours of the room.
 * @param {{theme: import("./style.js").Theme, url: string, root?: string}} options
 * @returns {import("maplibre-gl").StyleSpecification}
 */
export function buildTilesStyle({ theme, url, root = STATIC }) {
  const c = PALETTES[theme];
  return {
    version: 8,
    name: `PMTiles, ${theme}`,
    'font-faces': fontFaces(`${root}vendor/fonts/`),
    sources: {
      [SOURCE]: { type: 'vector', url: `pmtiles://${url}`, attribution: '© OpenStreetMap · Protomaps' },
    },
    layers: [...grounds(c), ...ways(c), ...names(c)],
  };
}
