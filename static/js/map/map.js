import * as maplibre from '../../vendor/maplibre-gl/maplibre-gl.mjs';
import { canDraw, configuredStyle, isSoftware } from './base.js';
import { EstateLayers } from './estate_layers.js';
import { NoMap } from './fallback.js';
import { Frames } from './frames.js';
import { icon } from './icons.js';
import { Motion } from './motion.js';
import { Overlay } from './overlay.js';
import { Pointer } from './pointer.js';
import { buildStyle } from './style.js';
import { View } from './view.js';
import { gettext } from './words.js';

const NICE = [7.2685, 43.7035];
const AROUND = [[6.9, 43.45], [7.65, 44.05]];

/**
 * @typedef {object} MapOptions
 * @property {"night"|"day"} [theme]
 * @property {[number, number]} [center] longitude, latitude
 * @property {number} [zoom]
 * @property {string} [styleUrl] address of a MapLibre style to use instead of the drawn base
 * @property {string} [pmtilesUrl] address of a PMTiles file (Protomaps schema) to use instead
 * @property {(incidentId: number) => void} [onSelect]
 * @property {(camera: object) => void} [onCameraClick] gets the camera's GeoJSON properties
 * @property {(unit: object) => void} [onUnitClick]
 * @property {() => number} [clock] the moment shown, ms since 1970; with it nothing is animated: the past is where it was
 */

/**
 * The operators' map. It emits `locked` and `unlocked`, and `basefailed` when a configured base cannot be read.
 * Where WebGL is missing, an object with the same methods shows a message instead.
 * @param {HTMLElement} element
 * @param {MapOptions} [options]
 * @returns {RoomMap|NoMap}
 */
export function createMap(element, options = {}) {
  element.classList.add('map');
  return canDraw() ? new RoomMap(element, options) : new NoMap(element);
}

export class RoomMap extends EventTarget {
  /**
   * @param {HTMLElement} element
   * @param {MapOptions} options
   */
  constructor(element, options) {
    super();
    this.element = element;
    this.options = options;
    this.theme = options.theme ?? 'night';
    this.calm = matchMedia('(prefers-reduced-motion: reduce)');
    this.map = new maplibre.Map({
      container: element,
      style: { version: 8, sources: {}, layers: [] },
      center: options.center ?? NICE,
      zoom: options.zoom ?? 13.6,
      maxBounds: AROUND,
      maxPitch: 0,
      minZoom: 10,
      maxZoom: 19,
      fadeDuration: 0,
      keyboard: false,
      attributionControl: options.styleUrl || options.pmtilesUrl ? { compact: false } : false,
      locale: { 'Map.Title': gettext('Map of the city') },
      canvasContextAttributes: { antialias: false, powerPreference: 'high-performance' },
    });
    this.map.addControl(new maplibre.ScaleControl({ maxWidth: 110 }), 'bottom-right');
    this.software = isSoftware(this.map);
    this.clock = options.clock ?? Date.now;
    this.motion = new Motion({ still: this.calm.matches || Boolean(options.clock) });
    this.overlay = new Overlay(this.map, { software: this.software, clock: this.clock });
    this.overlay.theme = this.theme;
    this.frames = new Frames({
      draw: () => this.#draw(), moving: () => this.motion.moving(performance.now(), this.overlay.unitSpots.map(({ unit }) => unit.id)),
      alive: () => this.overlay.incidents.length > 0 || this.motion.moves.size > 0, software: this.software,
    });
    this.estate = new EstateLayers(this.map);
    this.view = new View(this.map, { jump: () => this.calm.matches || this.software });
    this.pointer = new Pointer(this.map, this.overlay, { options, redraw: () => this.frames.soon() });
    this.map.setMissingStyleImageResolver((id) => this.#addIcon(id));
    this.#listen();
    /** Resolves when the base has been drawn once. */
    this.ready = this.#restyle().then(() => new Promise((resolve) => this.map.once('idle', resolve)));
  }

  /** Where the map looks, for whoever cannot see it: `data-centre` is "lat,lon" in degrees. */
  #sayCentre() {
    const { lat, lng } = this.map.getCenter();
    this.element.dataset.centre = `${lat.toFixed(5)},${lng.toFixed(5)}`;
  }

  /** Whether a gesture of the user holds the view. */
  get locked() {
    return this.view.lock.locked;
  }

  /** @param {GeoJSON.FeatureCollection} geojson points with id, code, name, kind, state, azimuth_deg, hfov_deg, range_m */
  setCameras(geojson) {
    this.estate.setCameras(geojson);
  }

  /**
   * One camera was lost, came back or was taken out of service.
   * @param {number} id
   * @param {string} state
   */
  setCameraState(id, state) {
    this.estate.setCameraState(id, state);
  }

  /** @param {GeoJSON.FeatureCollection} geojson points with name and kind */
  setSites(geojson) {
    this.estate.setSites(geojson);
  }

  /** @param {import("./motion.js").Unit[]} units all the units there are */
  setUnits(units) {
    this.motion.set(units, performance.now());
    this.frames.soon();
  }

  /** @param {import("./overlay.js").Incident[]} incidents all the open ones */
  setIncidents(incidents) {
    this.overlay.incidents = incidents;
    this.estate.nameByAlert(incidents.map((incident) => incident.site_code));
    this.frames.soon();
  }

  /**
   * Shows an incident, what may be around it and the cameras ordered to look; goes there unless locked.
   * @param {import("./overlay.js").Incident} incident
   * @param {object[]} [orders] as in cameras.steering_ordered
   */
  focus(incident, orders = []) {
    this.overlay.selected = incident.incident_id;
    this.overlay.focus = { incident, orders };
    this.estate.nameElsewhere(orders.map((order) => order.camera_id));
    this.view.aim({ incident, orders });
    this.frames.soon();
  }

  /** Where chosen cameras stand and look. @param {import("./overlay_focus.js").Eye[]} eyes */
  setEyes(eyes) {
    this.overlay.eyes = eyes;
    this.estate.nameElsewhere(eyes.map((eye) => eye.id));
    this.frames.soon();
  }

  /** All of these places in sight. @param {{lat: number, lon: number}[]} places */
  hold(places) {
    if (!places.length) return;
    const box = new maplibre.LngLatBounds();
    for (const { lat, lon } of places) box.extend([lon, lat]);
    this.map.fitBounds(box, { padding: 64, maxZoom: 16.4, animate: false }, { ours: true });
  }

  clearFocus() {
    this.overlay.selected = null;
    this.overlay.focus = null;
    this.estate.nameElsewhere([]);
    this.view.drop();
    this.frames.soon();
  }

  /** Lets go of the view and returns to the alert. */
  unlock() {
    this.view.release();
  }

  /** To a place somebody asked for: the view is not held by it. @param {{lat: number, lon: number}} place */
  goTo(place) {
    this.view.visit(place);
  }

  /** @param {"night"|"day"} theme */
  setTheme(theme) {
    if (theme === this.theme) return;
    this.theme = theme;
    this.overlay.theme = theme;
    this.#restyle();
    this.frames.soon();
  }

  /**
   * Shows or hides `cameras`, `units` or `sites`.
   * @param {string} name
   * @param {boolean} [shown] the other way round when left out
   * @returns {boolean} whether it is shown now
   */
  toggleLayer(name, shown = this.estate.hidden.has(name)) {
    this.estate.show(name, shown);
    this.overlay.unitsShown = !this.estate.hidden.has('units');
    this.frames.soon();
    return shown;
  }

  /** The link with the centre is lost (true) or back. @param {boolean} lost */
  greyOut(lost) {
    this.element.classList.toggle('is-adrift', lost);
    this.overlay.adrift = lost;
    this.frames.soon();
  }

  /** For buttons and keys. @param {number} by steps of zoom, negative to go out */
  zoomBy(by) {
    this.view.lock.gesture();
    this.view.move('easeTo', { zoom: this.map.getZoom() + by, duration: 180 });
  }

  resize() {
    this.map.resize();
  }

  destroy() {
    this.frames.stop();
    this.map.remove();
  }

  #listen() {
    const { map } = this;
    for (const name of ['locked', 'unlocked']) {
      this.view.lock.addEventListener(name, () => this.dispatchEvent(new Event(name)));
    }
    map.on('render', () => this.#draw());
    map.on('resize', () => {
      this.overlay.fit();
      this.#draw();
    });
    map.on('moveend', () => this.#sayCentre());
    map.on('error', ({ error }) => console.warn('map:', error?.message));
  }

  #addIcon(id) {
    const drawn = icon(id);
    if (drawn && !this.map.hasImage(id)) this.map.addImage(id, drawn.image, { pixelRatio: drawn.pixelRatio });
  }

  /** Puts the base of this theme under what is drawn; the drawn base stands in when a configured one fails. */
  async #restyle() {
    const theme = this.theme;
    const style = await configuredStyle(this.options, theme).catch((error) => {
      console.warn('map: the configured base cannot be read, the drawn one is used.', error);
      this.dispatchEvent(new Event('basefailed'));
    });
    if (theme !== this.theme) return;
    this.map.setStyle(style ?? buildStyle({ theme }), {
      diff: this.map.isStyleLoaded() === true,
      transformStyle: (_, next) => this.estate.over(next, theme),
    });
  }

  #draw() {
    this.overlay.draw(this.motion.placed(performance.now(), this.clock()));
  }
}
