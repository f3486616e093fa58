import * as maplibre from '../../vendor/maplibre-gl/maplibre-gl.mjs';
import { EMPTY, CONE_ZOOM, SWITCHES, SYMBOL_ZOOM, conesWithin, dressed, withEstate } from './estate.js';
import { NoMap } from './fallback.js';
import { icon } from './icons.js';
import { ViewLock } from './lock.js';
import { Motion } from './motion.js';
import { Overlay } from './overlay.js';
import { buildStyle, fontFaces } from './style.js';
import { buildTilesStyle } from './tiles_style.js';
import { gettext } from './words.js';

const NICE = [7.2685, 43.7035];
const AROUND = [[6.9, 43.45], [7.65, 44.05]];
const FOCUS_ZOOM = 16.4;
const STATIC = new URL('../../', import.meta.url).href;

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
 */

/** Whether this browser can draw the map at all. */
export function canDraw() {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return Boolean(context);
}

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
  #estate = { cameras: EMPTY, sites: EMPTY, cones: EMPTY, hidden: new Set(), faces: fontFaces(`${STATIC}vendor/fonts/`) };
  #lock = new ViewLock();
  #pending = 0;
  #next = 0;
  #asked = 0;

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
    this.motion = new Motion({ still: this.calm.matches });
    this.overlay = new Overlay(this.map, { software: this.software });
    this.overlay.theme = this.theme;
    this.map.setMissingStyleImageResolver((id) => this.#addIcon(id));
    this.#listen();
    /** Resolves when the base has been drawn once. */
    this.ready = this.#restyle().then(() => new Promise((resolve) => this.map.once('idle', resolve)));
    this.clock = setInterval(() => this.#tick(), 1000);
  }

  /** Where the map looks, for whoever cannot see it: `data-centre` is "lat,lon" in degrees. */
  #sayCentre() {
    const { lat, lng } = this.map.getCenter();
    this.element.dataset.centre = `${lat.toFixed(5)},${lng.toFixed(5)}`;
  }

  /** Whether a gesture of the user holds the view. */
  get locked() {
    return this.#lock.locked;
  }

  /** @param {GeoJSON.FeatureCollection} geojson points with id, code, name, kind, state, azimuth_deg, hfov_deg, range_m */
  setCameras(geojson) {
    this.#estate.cameras = dressed(geojson);
    this.map.getSource('cameras')?.setData(this.#estate.cameras);
    this.#lookAround();
  }

  /**
   * One camera was lost, came back or was taken out of service.
   * @param {number} id
   * @param {string} state
   */
  setCameraState(id, state) {
    const features = this.#estate.cameras.features.map((feature) =>
      feature.properties.id === id ? { ...feature, properties: { ...feature.properties, state } } : feature,
    );
    this.setCameras({ type: 'FeatureCollection', features });
  }

  /** @param {GeoJSON.FeatureCollection} geojson points with name and kind */
  setSites(geojson) {
    this.#estate.sites = geojson;
    this.map.getSource('sites')?.setData(geojson);
  }

  /** @param {import("./motion.js").Unit[]} units all the units there are */
  setUnits(units) {
    this.motion.set(units, performance.now());
    this.#redraw();
  }

  /** @param {import("./overlay.js").Incident[]} incidents all the open ones */
  setIncidents(incidents) {
    this.overlay.incidents = incidents;
    this.#redraw();
  }

  /**
   * Shows an incident, what may be around it and the cameras ordered to look; goes there unless locked.
   * @param {import("./overlay.js").Incident} incident
   * @param {object[]} [orders] as in cameras.steering_ordered
   */
  focus(incident, orders = []) {
    const moved = this.overlay.selected !== incident.incident_id;
    this.overlay.selected = incident.incident_id;
    this.overlay.focus = { incident, orders };
    const goal = { incident, orders };
    if (this.#lock.aim(goal) && (moved || !this.#inView(goal))) this.#go(goal);
    this.#redraw();
  }

  clearFocus() {
    this.overlay.selected = null;
    this.overlay.focus = null;
    this.#lock.drop();
    this.#redraw();
  }

  /** Lets go of the view and returns to the alert. */
  unlock() {
    const goal = this.#lock.release();
    if (goal) this.#go(goal);
  }

  /** @param {"night"|"day"} theme */
  setTheme(theme) {
    if (theme === this.theme) return;
    this.theme = theme;
    this.overlay.theme = theme;
    this.#restyle();
    this.#redraw();
  }

  /**
   * Shows or hides `cameras`, `units` or `sites`.
   * @param {string} name
   * @param {boolean} [shown] the other way round when left out
   * @returns {boolean} whether it is shown now
   */
  toggleLayer(name, shown = this.#estate.hidden.has(name)) {
    if (shown) this.#estate.hidden.delete(name);
    else this.#estate.hidden.add(name);
    for (const id of SWITCHES[name] ?? []) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
    }
    this.overlay.unitsShown = !this.#estate.hidden.has('units');
    this.#redraw();
    return shown;
  }

  /** The link with the centre is lost (true) or back. @param {boolean} lost */
  greyOut(lost) {
    this.element.classList.toggle('is-adrift', lost);
    this.overlay.adrift = lost;
    this.#redraw();
  }

  /** For buttons and keys. @param {number} by steps of zoom, negative to go out */
  zoomBy(by) {
    this.#lock.gesture();
    this.#move('easeTo', { zoom: this.map.getZoom() + by, duration: 180 });
  }

  resize() {
    this.map.resize();
  }

  destroy() {
    clearInterval(this.clock);
    clearTimeout(this.#next);
    cancelAnimationFrame(this.#pending);
    this.map.remove();
  }

  #listen() {
    const { map } = this;
    for (const name of ['dragstart', 'wheel', 'zoomstart', 'rotatestart', 'boxzoomstart']) {
      map.on(name, (event) => event.ours || this.#lock.gesture());
    }
    map.on('movestart', () => this.#hoverOver(null));
    for (const name of ['locked', 'unlocked']) {
      this.#lock.addEventListener(name, () => this.dispatchEvent(new Event(name)));
    }
    map.on('render', () => this.#draw());
    map.on('resize', () => {
      this.overlay.fit();
      this.#draw();
    });
    map.on('moveend', () => this.#lookAround());
    map.on('moveend', () => this.#sayCentre());
    map.on('click', (event) => this.#click(event));
    map.on('mousemove', (event) => this.#hover(event));
    map.on('mouseout', () => this.#hoverOver(null));
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
      transformStyle: (_, next) => withEstate(next, { ...this.#estate, theme }),
    });
  }

  /** Cones only for the cameras in view, and only close enough to be read. */
  #lookAround() {
    const source = this.map.getSource('cones');
    if (!source) return;
    if (this.map.getZoom() < CONE_ZOOM - 0.01) {
      if (this.#estate.cones !== EMPTY) source.setData((this.#estate.cones = EMPTY));
      return;
    }
    const view = this.map.getBounds();
    const [west, south, east, north] = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    this.#estate.cones = conesWithin(this.#estate.cameras, { west, south, east, north });
    source.setData(this.#estate.cones);
  }

  #bounds({ incident, orders }) {
    const box = new maplibre.LngLatBounds([incident.lon, incident.lat], [incident.lon, incident.lat]);
    for (const { lon, lat } of orders) box.extend([lon, lat]);
    return box;
  }

  #inView(goal) {
    const view = this.map.getBounds();
    const box = this.#bounds(goal);
    return view.contains(box.getSouthWest()) && view.contains(box.getNorthEast());
  }

  #go(goal) {
    const fitted = this.map.cameraForBounds(this.#bounds(goal), { padding: 110, maxZoom: FOCUS_ZOOM, bearing: 0 });
    const zoom = Math.max(14.5, Math.min(FOCUS_ZOOM, fitted?.zoom ?? FOCUS_ZOOM));
    const center = zoom > 14.5 && fitted ? fitted.center : [goal.incident.lon, goal.incident.lat];
    this.#move('flyTo', { center, zoom, bearing: 0, duration: 650 });
  }

  /** Without a graphics card, or where motion is unwelcome, arriving at once beats a jerky flight. */
  #move(how, { duration, ...view }) {
    if (this.calm.matches || this.software) this.map.jumpTo(view, { ours: true });
    else this.map[how]({ ...view, duration }, { ours: true });
  }

  #click({ point }) {
    const incident = this.overlay.incidentAt(point);
    if (incident !== null) return this.options.onSelect?.(incident);
    const unit = this.overlay.unitAt(point);
    if (unit && this.options.onUnitClick) return this.options.onUnitClick(unit);
    const camera = this.#cameraAt(point);
    if (camera) this.options.onCameraClick?.(camera.properties);
    return undefined;
  }

  #cameraAt({ x, y }) {
    const layers = ['cameras', 'camera-dots', 'camera-unwell'].filter((id) => this.map.getLayer(id));
    const box = [[x - 7, y - 7], [x + 7, y + 7]];
    return layers.length ? this.map.queryRenderedFeatures(box, { layers })[0] : undefined;
  }

  #hover({ point }) {
    const overIncident = this.overlay.incidentAt(point) !== null;
    const near = !overIncident && !this.map.isMoving() && this.map.getZoom() >= SYMBOL_ZOOM;
    const camera = near ? this.#cameraAt(point) : undefined;
    this.map.getCanvas().style.cursor = overIncident || camera ? 'pointer' : '';
    this.#hoverOver(camera ?? null);
  }

  #hoverOver(camera) {
    const text = camera ? `${camera.properties.code} · ${camera.properties.name}` : null;
    if (text === (this.overlay.hover?.text ?? null)) return;
    this.overlay.hover = camera && { text, lngLat: camera.geometry.coordinates };
    this.#redraw();
  }

  /** Ages run and positions grow old even when nothing arrives. */
  #tick() {
    if (document.hidden) return;
    if (this.overlay.incidents.length || this.motion.moves.size) this.#redraw();
  }

  #redraw() {
    if (this.#pending) return;
    this.#asked = performance.now();
    this.#pending = requestAnimationFrame(() => this.#animate());
  }

  /** Draws now, and again while units move; a busy machine gets fewer pictures, not a stuck page. */
  #animate() {
    this.#pending = 0;
    const late = performance.now() - this.#asked;
    const cost = this.#draw();
    if (!this.motion.moving(performance.now()) || document.hidden) return;
    const pace = Math.min(500, Math.max(this.software || cost > 8 ? 100 : 33, 2 * late));
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#redraw(), pace - Math.min(cost, pace));
  }

  #draw() {
    const start = performance.now();
    this.overlay.draw(this.motion.placed(start));
    return performance.now() - start;
  }
}

/** @param {import("maplibre-gl").Map} map */
function isSoftware(map) {
  const gl = map.getCanvas().getContext('webgl2');
  const about = gl?.getExtension('WEBGL_debug_renderer_info');
  const renderer = about ? gl.getParameter(about.UNMASKED_RENDERER_WEBGL) : '';
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

let tiles;

/**
 * The base the centre configured, or nothing for the drawn one.
 * @param {MapOptions} options
 * @param {"night"|"day"} theme
 */
async function configuredStyle({ styleUrl, pmtilesUrl }, theme) {
  if (styleUrl) {
    const answer = await fetch(styleUrl);
    if (!answer.ok) throw new Error(`${styleUrl}: ${answer.status}`);
    return answer.json();
  }
  if (!pmtilesUrl) return undefined;
  const { PMTiles, Protocol } = await import('../../vendor/pmtiles/pmtiles.mjs');
  const url = new URL(pmtilesUrl, location.href).href;
  await new PMTiles(url).getHeader();
  tiles ??= new Protocol();
  maplibre.addProtocol('pmtiles', tiles.tile);
  return buildTilesStyle({ theme, url });
}
