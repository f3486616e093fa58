import { destination, distance } from '../map/geo.js';
import { gettext } from '../map/words.js';
import { collection, shape } from './ground_map.js';

/**
 * One polygon drawn on a map and kept as GeoJSON in a text field.
 * Click adds a corner, drag moves one, a drag from the middle of a side makes one, Delete removes the chosen one.
 * With the keyboard on the map: N and P choose a corner, arrows move it 1 m (Shift: 10 m), Enter makes one after it.
 */

const SHADES = { night: { line: '#ffb547', fill: '#ffb547', dot: '#0c1116' }, day: { line: '#a15c00', fill: '#f2a52e', dot: '#ffffff' } };
const STEPS = { ArrowUp: 0, ArrowRight: 90, ArrowDown: 180, ArrowLeft: 270 };
const GRIP_PX = 12;

const middle = ([ax, ay], [bx, by]) => [(ax + bx) / 2, (ay + by) / 2];

export class AreaEditor {
  /**
   * @param {import("maplibre-gl").Map} map
   * @param {HTMLTextAreaElement} field
   * @param {{say?: (words: string) => void}} [options]
   */
  constructor(map, field, { say = () => {} } = {}) {
    this.map = map;
    this.field = field;
    this.say = say;
    this.drawing = false;
    this.chosen = -1;
    this.#read();
    field.addEventListener('change', () => !this.writing && (this.#read(), this.redraw()));
    map.on('mousedown', (event) => this.#grab(event));
    map.on('touchstart', (event) => event.points.length === 1 && this.#grab(event));
    map.on('mousemove', (event) => this.#hover(event));
    map.getCanvas().addEventListener('keydown', (event) => this.#key(event));
  }

  /** Layers of this editor; called again whenever the style is changed. */
  dress(map, theme) {
    const shades = SHADES[theme];
    for (const id of ['area', 'corners']) map.addSource(`drawn-${id}`, { type: 'geojson', data: collection([]) });
    map.addLayer({ id: 'drawn-fill', type: 'fill', source: 'drawn-area', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': shades.fill, 'fill-opacity': 0.16 } });
    map.addLayer({ id: 'drawn-line', type: 'line', source: 'drawn-area', paint: { 'line-color': shades.line, 'line-width': 2 } });
    map.addLayer({
      id: 'drawn-corners', type: 'circle', source: 'drawn-corners',
      paint: {
        'circle-radius': ['case', ['get', 'half'], 3.5, ['get', 'chosen'], 8, 6],
        'circle-color': ['case', ['get', 'chosen'], shades.line, shades.dot],
        'circle-opacity': ['case', ['get', 'half'], 0.6, 1],
        'circle-stroke-color': shades.line,
        'circle-stroke-width': 2,
      },
    });
    this.redraw();
  }

  get isClosed() {
    return this.corners.length >= 3;
  }

  /** @param {[number, number]} at a new corner, after the last one */
  add(at) {
    if (this.grabbed) return;
    this.corners.push(at);
    this.chosen = this.corners.length - 1;
    this.#changed();
  }

  remove(index) {
    if (!this.corners[index]) return;
    this.corners.splice(index, 1);
    this.chosen = Math.min(index, this.corners.length - 1);
    this.#changed();
  }

  clear() {
    this.corners = [];
    this.holes = [];
    this.chosen = -1;
    this.#changed();
  }

  /** The corners' bounds, or null for none: where a map should look. */
  bounds() {
    if (!this.corners.length) return null;
    const [lons, lats] = [0, 1].map((i) => this.corners.map((corner) => corner[i]));
    return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
  }

  redraw() {
    const { corners } = this;
    const ring = this.isClosed ? [...corners, corners[0]] : corners;
    const drawn = this.isClosed ? [shape('Polygon', [ring, ...this.holes])] : ring.length > 1 ? [shape('LineString', ring)] : [];
    this.map.getSource('drawn-area')?.setData(collection(drawn));
    const dots = corners.map((at, i) => shape('Point', at, { half: false, chosen: i === this.chosen }));
    const halves = this.#sides().map(([, at]) => shape('Point', at, { half: true, chosen: false }));
    this.map.getSource('drawn-corners')?.setData(collection([...halves, ...dots]));
  }

  /** Each side's number and middle. */
  #sides() {
    const { corners } = this;
    if (corners.length < 2) return [];
    const count = this.isClosed ? corners.length : corners.length - 1;
    return Array.from({ length: count }, (_, i) => [i, middle(corners[i], corners[(i + 1) % corners.length])]);
  }

  #read() {
    let area = null;
    try {
      area = JSON.parse(this.field.value || 'null');
    } catch {
      this.say(gettext('The text of the area is not JSON.'));
    }
    const rings = area?.type === 'Polygon' && Array.isArray(area.coordinates) ? area.coordinates : [];
    this.corners = (rings[0] ?? []).slice(0, -1).map(([lon, lat]) => [lon, lat]);
    this.holes = rings.slice(1);
    this.chosen = -1;
  }

  #changed() {
    const rounded = this.corners.map((corner) => corner.map((degrees) => Number(degrees.toFixed(7))));
    const area = this.isClosed ? { type: 'Polygon', coordinates: [[...rounded, rounded[0]], ...this.holes] } : null;
    this.writing = true;
    this.field.value = area ? JSON.stringify(area) : '';
    this.field.dispatchEvent(new Event('change', { bubbles: true }));
    this.writing = false;
    this.redraw();
    const size = `${this.corners.length} ${gettext('corners')}`;
    this.say(this.isClosed || !this.corners.length ? size : `${size} · ${gettext('at least three make an area')}`);
  }

  /** The corner, else the middle of a side, under this point of the screen. */
  #under(point) {
    const near = (at) => {
      const p = this.map.project(at);
      return Math.hypot(p.x - point.x, p.y - point.y) <= GRIP_PX;
    };
    const corner = this.corners.findLastIndex(near);
    if (corner >= 0) return { corner };
    const side = this.#sides().find(([, at]) => near(at));
    return side ? { side: side[0] } : null;
  }

  #grab(event) {
    const found = this.#under(event.point);
    if (!found) return;
    event.preventDefault(); // the map itself stays where it is
    this.grabbed = true;
    let index = found.corner;
    if (index === undefined) {
      index = found.side + 1;
      this.corners.splice(index, 0, event.lngLat.toArray());
    }
    this.chosen = index;
    this.map.getCanvas().focus();
    this.redraw();
    let moved = found.corner === undefined;
    const drag = (at) => {
      moved = true;
      this.corners[index] = at.lngLat.toArray();
      this.redraw();
    };
    const drop = () => {
      this.map.off('mousemove', drag);
      this.map.off('touchmove', drag);
      if (moved) this.#changed();
      setTimeout(() => (this.grabbed = false)); // after the click that ends the gesture
    };
    this.map.on('mousemove', drag);
    this.map.on('touchmove', drag);
    this.map.once(event.type === 'mousedown' ? 'mouseup' : 'touchend', drop);
  }

  #hover(event) {
    const found = this.#under(event.point);
    this.map.getCanvas().classList.toggle('is-over-corner', Boolean(found));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const count = this.corners.length;
    const corner = this.corners[this.chosen];
    const key = event.key.toLowerCase();
    if ((key === 'n' || key === 'p') && count) {
      this.chosen = (this.chosen + (key === 'n' ? 1 : -1) + count) % count;
      this.redraw();
      this.say(`${gettext('Corner')} ${this.chosen + 1} / ${count}`);
    } else if (event.key in STEPS && corner) {
      this.corners[this.chosen] = destination(corner, STEPS[event.key], event.shiftKey ? 10 : 1);
      this.#changed();
    } else if ((key === 'delete' || key === 'backspace') && corner) {
      this.remove(this.chosen);
    } else if (key === 'enter' && corner && count > 1) {
      const next = this.corners[(this.chosen + 1) % count];
      if (distance(corner, next) < 1) return;
      this.corners.splice(this.chosen + 1, 0, middle(corner, next));
      this.chosen += 1;
      this.#changed();
    } else return;
    event.preventDefault();
  }
}
