import { PALETTES } from './palette.js';

/** @typedef {"night"|"day"} Theme */
const STATIC = new URL('../../', import.meta.url).href;

const [SANS, MEDIUM, ITALIC] = [['Plex'], ['Plex Medium'], ['Plex Italic']];

/** Only these outlines are smoothed: each costs a second pass over the screen. */
const SHARP = new Set(['land', 'park', 'water']);

/** Widths in pixels by zoom; streets grow as on paper, not as in a game. */
const WIDTHS = {
  lane: [12, 0.35, 14, 0.9, 16, 4, 18, 12],
  street: [12, 0.6, 14, 1.8, 16, 6.5, 18, 20],
  avenue: [11, 0.7, 12, 1.3, 14, 3.2, 16, 9.5, 18, 28],
  promenade: [11, 1.4, 12, 2, 14, 4.6, 16, 12, 18, 34],
  express: [11, 1, 12, 1.6, 14, 3.4, 16, 8.5, 18, 24],
  motorway: [11, 1.4, 12, 2, 14, 4.2, 16, 10, 18, 28],
};

const zoomed = (stops) => ['interpolate', ['exponential', 1.6], ['zoom'], ...stops];
const wider = (stops, by) => stops.map((value, i) => (i % 2 ? value + by : value));
const is = (key, ...values) => ['in', ['get', key], ['literal', values]];

/**
 * Where local letters come from: our own font files, no glyph server.
 * @param {string} fonts address of the folder, with a slash
 */
export function fontFaces(fonts) {
  const files = (face) => [
    { url: `${fonts}ibm-plex-sans-latin-${face}.woff2`, 'unicode-range': ['U+0-FF', 'U+131', 'U+152-153', 'U+2000-206F'] },
    { url: `${fonts}ibm-plex-sans-latin-ext-${face}.woff2`, 'unicode-range': ['U+100-2AF', 'U+1E00-1EFF'] },
  ];
  return {
    Plex: files('400-normal'),
    'Plex Medium': files('500-normal'),
    'Plex Italic': files('400-italic'),
  };
}

function surface(id, kinds, colour, extra = {}) {
  return {
    id,
    type: 'fill',
    source: 'ground',
    filter: is('kind', ...kinds),
    paint: { 'fill-color': colour, 'fill-antialias': SHARP.has(id) },
    ...extra,
  };
}

function road(id, source, filter, colour, stops, extra = {}) {
  return {
    id,
    type: 'line',
    source,
    filter,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': zoomed(stops), ...extra.paint },
    ...(extra.minzoom ? { minzoom: extra.minzoom } : {}),
  };
}

function surfaces(c) {
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': c.sea } },
    surface('land', ['land'], c.land),
    surface('suburb', ['suburb'], c.suburb),
    surface('built', ['built'], c.built),
    surface('beach', ['beach'], c.beach),
    surface('airport', ['airport'], c.airport),
    surface('runway', ['runway'], c.runway),
    surface('park', ['park'], c.park),
    surface('square', ['square'], c.square, { minzoom: 13 }),
    surface('water', ['water'], c.sea),
  ];
}

function roads(c, theme) {
  const casing = (id, kinds, stops, minzoom) =>
    road(id, 'streets', is('class', ...kinds), c.casing, wider(stops, 2), { minzoom });
  const layers = [
    road('lanes', 'fabric', is('kind', 'grid', 'organic'), c.lane, WIDTHS.lane, { minzoom: 12 }),
    road('hill-lanes', 'fabric', is('kind', 'hill'), c.lane, WIDTHS.lane, { minzoom: 12.8 }),
    road('tunnels', 'streets', is('class', 'tunnel'), c.tunnel, WIDTHS.street, {
      paint: { 'line-dasharray': [2, 2] },
      minzoom: 12,
    }),
    road('streets', 'streets', is('class', 'street'), c.street, WIDTHS.street),
    road('avenues', 'streets', is('class', 'avenue'), c.avenue, WIDTHS.avenue),
    road('express', 'streets', is('class', 'express'), c.express, WIDTHS.express),
    road('promenade', 'streets', is('class', 'promenade'), c.promenade, WIDTHS.promenade),
    casing('motorway-casing', ['motorway'], WIDTHS.motorway, 12),
    road('motorway', 'streets', is('class', 'motorway'), c.motorway, WIDTHS.motorway),
  ];
  if (theme === 'night') return layers;
  const day = [
    casing('avenues-casing', ['street', 'avenue', 'promenade', 'express'], WIDTHS.avenue, 13),
  ];
  return [...layers.slice(0, 2), ...day, ...layers.slice(2)];
}

function rails(c) {
  return [
    {
      id: 'railway',
      type: 'line',
      source: 'rails',
      filter: is('kind', 'railway'),
      paint: { 'line-color': c.railway, 'line-width': zoomed([11, 0.8, 14, 1.6, 17, 3]) },
    },
    {
      id: 'railway-ties',
      type: 'line',
      source: 'rails',
      minzoom: 13.5,
      filter: is('kind', 'railway'),
      paint: {
        'line-color': c.railway,
        'line-width': zoomed([13.5, 3.5, 17, 8]),
        'line-dasharray': [0.25, 2.2],
      },
    },
    {
      id: 'tram',
      type: 'line',
      source: 'rails',
      minzoom: 12.5,
      filter: is('kind', 'tram'),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': c.tram, 'line-width': zoomed([12.5, 0.7, 15, 1.2, 17, 2]), 'line-opacity': 0.8 },
    },
    {
      id: 'stops',
      type: 'circle',
      source: 'rails',
      minzoom: 14,
      filter: is('kind', 'stop', 'station'),
      paint: {
        'circle-radius': zoomed([14, 1.8, 17, 4]),
        'circle-color': c.built,
        'circle-stroke-color': c.tram,
        'circle-stroke-width': 1.2,
      },
    },
  ];
}

function label(id, filter, c, { colour, font = SANS, size, minzoom, maxzoom, layout = {}, halo = c.halo }) {
  return {
    id,
    type: 'symbol',
    source: 'places',
    filter,
    ...(minzoom ? { minzoom } : {}),
    ...(maxzoom ? { maxzoom } : {}),
    layout: {
      'text-field': ['get', 'name'],
      'text-font': font,
      'text-size': size,
      'text-max-width': 8,
      'text-padding': 6,
      'symbol-sort-key': ['get', 'rank'],
      ...layout,
    },
    paint: { 'text-color': colour, 'text-halo-color': halo, 'text-halo-width': 1.4 },
  };
}

function streetLabel(id, kinds, colour, c, minzoom) {
  return {
    id,
    type: 'symbol',
    source: 'streets',
    minzoom,
    filter: is('class', ...kinds),
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 420,
      'text-field': ['get', 'name'],
      'text-font': SANS,
      'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10.5, 15, 11.5, 17, 13],
      'text-letter-spacing': 0.03,
      'text-max-angle': 30,
      'text-padding': 24,
    },
    paint: { 'text-color': colour, 'text-halo-color': c.built, 'text-halo-width': 1.6 },
  };
}

function labels(c) {
  const kind = (...values) => is('kind', ...values);
  const ranked = (rank, ...values) => ['all', kind(...values), ['<=', ['get', 'rank'], rank]];
  const grown = (a, b) => ['interpolate', ['linear'], ['zoom'], 12, a, 16, b];
  const spaced = { 'text-letter-spacing': 0.06 };
  return [
    streetLabel('label-streets', ['street'], c.labelFaint, c, 14.5),
    streetLabel('label-avenues', ['avenue', 'express', 'motorway'], c.label, c, 13.3),
    streetLabel('label-promenade', ['promenade'], c.labelStrong, c, 12.2),
    label('label-landmarks', kind('landmark', 'square', 'water'), c, {
      colour: c.labelFaint, size: 11, minzoom: 15,
    }),
    label('label-parks', ranked(2, 'park', 'cape'), c, {
      colour: c.labelPark, font: ITALIC, size: 11, minzoom: 13.5,
    }),
    label('label-small-parks', ['all', kind('park', 'cape'), ['==', ['get', 'rank'], 3]], c, {
      colour: c.labelPark, font: ITALIC, size: 11, minzoom: 15,
    }),
    label('label-stations', kind('station'), c, {
      colour: c.label, size: 11, minzoom: 14, layout: { 'text-offset': [0, 0.9], 'text-anchor': 'top' },
    }),
    label('label-quarters', ['all', kind('district', 'town'), ['==', ['get', 'rank'], 2]], c, {
      colour: c.label, size: grown(11, 14), minzoom: 13.2, layout: spaced,
    }),
    label('label-districts', ranked(1, 'district', 'town', 'airport'), c, {
      colour: c.labelStrong, font: MEDIUM, size: grown(12, 16), minzoom: 11, layout: spaced,
    }),
    label('label-sea', kind('sea'), c, {
      colour: c.labelSea, font: ITALIC, halo: c.haloSea,
      size: ['interpolate', ['linear'], ['zoom'], 12, ['match', ['get', 'rank'], 1, 15, 10], 16, ['match', ['get', 'rank'], 1, 24, 15]],
      layout: {
        'text-letter-spacing': 0.42, 'text-transform': 'uppercase', 'text-padding': 0,
        'text-max-width': ['match', ['get', 'rank'], 1, 30, 6],
      },
    }),
  ];
}

/**
 * The drawn base of Nice, complete and without network.
 * @param {{theme: Theme, root?: string}} options root: address of the static files, with a slash
 * @returns {import("maplibre-gl").StyleSpecification}
 */
export function buildStyle({ theme, root = STATIC }) {
  const c = PALETTES[theme];
  const layer = (name) => ({ type: 'geojson', data: `${root}basemap/${name}.geojson`, tolerance: 0.4 });
  return {
    version: 8,
    name: `Nice, ${theme}`,
    'font-faces': fontFaces(`${root}vendor/fonts/`),
    sources: {
      ground: layer('ground'),
      streets: layer('streets'),
      fabric: { ...layer('fabric'), maxzoom: 15 },
      rails: layer('rails'),
      places: layer('places'),
    },
    layers: [...surfaces(c), ...roads(c, theme), ...rails(c), ...labels(c)],
  };
}
