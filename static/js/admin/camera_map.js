import { bearing, cone, destination } from '../map/geo.js';
import { gettext } from '../map/words.js';
import { AreaEditor } from './area_editor.js';
import { Fields } from './fields.js';
import { collection, handle, openMap, shape } from './ground_map.js';
import { BANDS, coveredDeg, groundReachM, isWhole } from './optics.js';

/**
 * The map of a camera's form: drag the camera, turn it by its handle, and see what it covers.
 * The fields stay the truth; the map reads them and writes them.
 */

const WATCHED = [
  'kind', 'lat', 'lon', 'height_m', 'mounting_azimuth_deg', 'hfov_deg', 'hfov_tele_deg', 'width_px', 'range_m',
];
const SHADES = {
  night: { detect: '#35506a', observe: '#3f74a3', recognise: '#5ab0ff', identify: '#d6ecff', line: '#e4ebf1', other: '#7d93a6' },
  day: { detect: '#b9d2ea', observe: '#7fb0dd', recognise: '#3684c9', identify: '#0b4a86', line: '#111a22', other: '#5a6873' },
};
const NAMES = {
  detect: gettext('detect'), observe: gettext('observe'), recognise: gettext('recognise'), identify: gettext('identify'),
};
const STEPS = { ArrowUp: 0, ArrowRight: 90, ArrowDown: 180, ArrowLeft: 270 };
const TURNS = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -10, ArrowUp: 10 };

/** What lies between two distances within the opening; null when there is nothing between them. */
function ringPart(at, azimuth, opening, inner, outer) {
  if (outer <= inner) return null;
  const far = cone(at, azimuth, opening, outer);
  if (inner <= 0) return [far];
  const near = cone(at, azimuth, opening, inner);
  if (opening >= 360) return [far, near.toReversed()];
  // A cone is apex, arc, apex: the part is the far arc and the near one walked back.
  const [farArc, nearArc] = [far.slice(1, -1), near.slice(1, -1).toReversed()];
  return [[...farArc, ...nearArc, farArc[0]]];
}

class CameraMap {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.fields = new Fields(element.closest('form'));
    this.legend = element.parentElement.querySelector('[data-legend]');
    this.said = element.parentElement.querySelector('[data-said]');
    this.map = openMap(element, {
      center: this.#position() ?? undefined,
      dress: (map, theme) => this.#dress(map, theme),
    });
    if (!this.map) return;
    this.#lookAtIt();
    this.fields.watch(WATCHED, () => this.#redraw());
    this.map.on('click', (event) => this.#clicked(event));
    this.#drawArea();
    this.#redraw();
  }

  #position() {
    const [lat, lon] = [this.fields.number('lat'), this.fields.number('lon')];
    const sound = Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return sound ? [lon, lat] : null;
  }

  /** All it can have a say about, within reason, in view. */
  #lookAtIt() {
    const at = this.#position();
    if (!at) return;
    const metres = Math.min(Math.max(this.fields.number('range_m') || 100, 40), 800);
    const bounds = [destination(at, 225, metres * 1.45), destination(at, 45, metres * 1.45)];
    this.map.fitBounds(bounds, { padding: 8, animate: false });
  }

  #eye() {
    const { fields } = this;
    return {
      kind: fields.text('kind'),
      widthPx: fields.number('width_px'),
      hfovDeg: fields.number('hfov_deg'),
      hfovTeleDeg: fields.number('hfov_tele_deg'),
      heightM: fields.number('height_m'),
      rangeM: fields.number('range_m'),
    };
  }

  #azimuth() {
    const azimuth = this.fields.number('mounting_azimuth_deg');
    return Number.isFinite(azimuth) ? azimuth : 0;
  }

  #dress(map, theme) {
    const shades = SHADES[theme];
    for (const id of ['bands', 'view', 'arm', 'others']) map.addSource(id, { type: 'geojson', data: collection([]) });
    const band = ['match', ['get', 'band'], ...BANDS.flatMap(({ name }) => [name, shades[name]]), shades.detect];
    const names = map.getStyle().layers.find(({ type }) => type === 'symbol')?.id; // streets stay readable
    map.addLayer({ id: 'bands', type: 'fill', source: 'bands', paint: { 'fill-color': band, 'fill-opacity': 0.32 } }, names);
    map.addLayer({ id: 'band-edges', type: 'line', source: 'bands', paint: { 'line-color': band, 'line-width': 1.5 } }, names);
    map.addLayer({
      id: 'view', type: 'line', source: 'view',
      paint: { 'line-color': shades.line, 'line-width': 1.5, 'line-dasharray': ['case', ['get', 'whole'], ['literal', [1, 0]], ['literal', [3, 3]]] },
    });
    map.addLayer({ id: 'arm', type: 'line', source: 'arm', paint: { 'line-color': shades.line, 'line-width': 1.5 } });
    map.addLayer({
      id: 'others', type: 'circle', source: 'others',
      paint: { 'circle-radius': 3.5, 'circle-color': shades.other, 'circle-stroke-width': 1, 'circle-stroke-color': shades.line },
    });
    this.area?.dress(map, theme);
    this.#showOthers();
    this.#redraw();
  }

  async #showOthers() {
    const { camerasUrl, code } = this.element.dataset;
    if (!camerasUrl) return;
    const answer = await fetch(camerasUrl, { headers: { Accept: 'application/geo+json' } });
    if (!answer.ok) return;
    const estate = await answer.json();
    const others = estate.features.filter((feature) => feature.properties.code !== code);
    this.map.getSource('others')?.setData(collection(others));
  }

  #redraw() {
    const at = this.#position();
    const source = (id) => this.map.getSource(id);
    if (!at) {
      this.#say(gettext('Click on the map to place the camera.'));
      return;
    }
    this.#place(at);
    const eye = this.#eye();
    if (!source('bands')) return;
    if (!isWhole(eye)) {
      for (const id of ['bands', 'view']) source(id).setData(collection([]));
      this.#tell(at, null);
      return;
    }
    const azimuth = this.#azimuth();
    const reaches = BANDS.map(({ name, from }) => ({ name, from, metres: groundReachM(eye, from) }));
    const opening = coveredDeg(eye);
    source('bands').setData(collection(reaches.flatMap((band, i) => {
      const inner = reaches[i + 1]?.metres ?? 0;
      const drawn = ringPart(at, azimuth, opening, inner, band.metres);
      return drawn ? [shape('Polygon', drawn, { band: band.name })] : [];
    })));
    const view = [shape('Polygon', [cone(at, azimuth, opening, eye.rangeM)], { whole: true })];
    // What a dome sees unzoomed where it is mounted to look.
    if (eye.kind === 'dome') view.push(shape('Polygon', [cone(at, azimuth, eye.hfovDeg, eye.rangeM)], { whole: false }));
    source('view').setData(collection(view));
    source('arm').setData(shape('LineString', [at, this.turner.marker.getLngLat().toArray()]));
    this.#tell(at, reaches);
  }

  /** The camera and its handle, made when first needed. */
  #place(at) {
    if (!this.camera) this.#makeHandles(at);
    this.camera.marker.setLngLat(at);
    if (!this.turning) this.turner.marker.setLngLat(destination(at, this.#azimuth(), this.#armM()));
    this.element.dataset.placed = 'yes';
  }

  #makeHandles(at) {
    this.camera = handle(this.map, 'camera-pin', gettext('Camera: arrow keys move it by 1 m, with Shift they turn it'), at);
    this.turner = handle(this.map, 'camera-turner', gettext('Direction: drag around the camera, or use the left and right arrow keys'), at);
    this.camera.marker.on('drag', () => this.#moveTo(this.camera.marker.getLngLat().toArray()));
    this.turner.marker.on('drag', () => {
      this.turning = true;
      this.#turnTo(bearing(this.#position(), this.turner.marker.getLngLat().toArray()));
    });
    this.turner.marker.on('dragend', () => {
      this.turning = false;
      this.#redraw();
    });
    this.camera.button.addEventListener('keydown', (event) => this.#key(event, event.shiftKey));
    this.turner.button.addEventListener('keydown', (event) => this.#key(event, true));
    this.map.on('zoom', () => this.#redraw());
  }

  #key(event, turning) {
    if (!(event.key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (turning) this.#turnTo(this.#azimuth() + TURNS[event.key]);
    else this.#moveTo(destination(this.#position(), STEPS[event.key], 1));
  }

  #moveTo([lon, lat]) {
    this.fields.write('lat', lat, 7);
    this.fields.write('lon', lon, 7);
  }

  #turnTo(azimuth) {
    const whole = Math.round((((azimuth % 360) + 360) % 360) * 10) / 10;
    this.fields.write('mounting_azimuth_deg', whole >= 360 ? 0 : whole, 1);
  }

  /** The handle stands as far from the camera on the screen at every zoom. */
  #armM() {
    const metresPerPixel = (40_075_016.7 * Math.cos((this.map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** this.map.getZoom());
    return 70 * metresPerPixel;
  }

  #clicked(event) {
    if (this.area?.drawing) this.area.add(event.lngLat.toArray());
    else if (!this.#position()) this.#moveTo(event.lngLat.toArray());
  }

  #drawArea() {
    const control = this.fields.control('visible_area');
    const toggle = this.element.parentElement.querySelector('[data-draw-area]');
    if (!control || !toggle) return;
    this.area = new AreaEditor(this.map, control, { say: (words) => this.#say(words) });
    toggle.addEventListener('click', () => {
      this.area.drawing = !this.area.drawing;
      toggle.setAttribute('aria-pressed', String(this.area.drawing));
    });
    this.element.parentElement.querySelector('[data-clear-area]').addEventListener('click', () => this.area.clear());
  }

  #tell([lon, lat], reaches) {
    this.#say(`${lat.toFixed(5)}, ${lon.toFixed(5)} · ${this.#azimuth().toFixed(1)}°`);
    if (!this.legend) return;
    this.legend.replaceChildren(...(reaches ?? []).toReversed().map(({ name, from, metres }) => {
      const row = document.createElement('li');
      row.dataset.band = name;
      const far = metres > 0 ? `${Math.round(metres)} m` : '–';
      for (const [kind, words] of [['b', NAMES[name]], ['span', far], ['small', `≥ ${from} px/m`]]) {
        const part = document.createElement(kind);
        part.textContent = words;
        row.append(part);
      }
      return row;
    }));
  }

  #say(words) {
    if (this.said && this.said.textContent !== words) this.said.textContent = words;
  }
}

for (const element of document.querySelectorAll('[data-camera-map]')) new CameraMap(element);
