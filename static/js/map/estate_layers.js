import { CONE_ZOOM, EMPTY, SWITCHES, codesBut, conesWithin, dressed, sitesBut, withEstate } from './estate.js';
import { fontFaces } from './style.js';

const FONTS = new URL('../../vendor/fonts/', import.meta.url).href;

/** The cameras and sites on one map: what is known of them, and what of it is shown. */
export class EstateLayers {
  cameras = EMPTY;
  sites = EMPTY;
  cones = EMPTY;
  faces = fontFaces(FONTS);
  /** @type {Set<string>} */
  hidden = new Set();
  /** Cameras whose codes are written by the overlay. @type {number[]} */
  ordered = [];

  /** Sites whose alerts carry their names. @type {string[]} */
  calling = [];

  /** @param {import("maplibre-gl").Map} map */
  constructor(map) {
    this.map = map;
    map.on('moveend', () => this.#lookAround());
  }

  /** A style with the estate on top of it. */
  over(style, theme) {
    const { cameras, sites, cones, hidden, faces, ordered, calling } = this;
    return withEstate(style, { theme, cameras, sites, cones, hidden, faces, ordered, calling });
  }

  setCameras(geojson) {
    this.cameras = dressed(geojson);
    this.map.getSource('cameras')?.setData(this.cameras);
    this.#lookAround();
  }

  setCameraState(id, state) {
    const features = this.cameras.features.map((feature) =>
      feature.properties.id === id ? { ...feature, properties: { ...feature.properties, state } } : feature,
    );
    this.setCameras({ type: 'FeatureCollection', features });
  }

  setSites(geojson) {
    this.sites = geojson;
    this.map.getSource('sites')?.setData(geojson);
  }

  /** @param {string} name @param {boolean} shown */
  show(name, shown) {
    if (shown) this.hidden.delete(name);
    else this.hidden.add(name);
    for (const id of SWITCHES[name] ?? []) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
    }
  }

  /** The codes of these cameras are written by the overlay: once is enough. @param {number[]} ids */
  nameElsewhere(ids) {
    if (ids.join() === this.ordered.join()) return;
    this.ordered = ids;
    if (this.map.getLayer('camera-codes')) this.map.setFilter('camera-codes', codesBut(ids));
  }

  /** These sites call: their alerts say their names. @param {string[]} codes */
  nameByAlert(codes) {
    const calling = [...new Set(codes.filter(Boolean))].sort();
    if (calling.join() === this.calling.join()) return;
    this.calling = calling;
    if (this.map.getLayer('sites')) this.map.setLayoutProperty('sites', 'text-field', sitesBut(calling));
  }

  /** Cones only for the cameras in view, and only close enough to be read. */
  #lookAround() {
    const source = this.map.getSource('cones');
    if (!source) return;
    if (this.map.getZoom() < CONE_ZOOM - 0.01) {
      if (this.cones !== EMPTY) source.setData((this.cones = EMPTY));
      return;
    }
    const view = this.map.getBounds();
    const [west, south, east, north] = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    this.cones = conesWithin(this.cameras, { west, south, east, north });
    source.setData(this.cones);
  }
}
