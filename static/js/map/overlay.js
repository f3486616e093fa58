import { age } from './age.js';
import { PALETTES } from './palette.js';
import { drawEyes, drawFocus } from './overlay_focus.js';
import { Inks } from './ink.js';
import { spread } from './spread.js';

/** @typedef {{incident_id: number, priority: 1|2|3, title?: string, place_label: string, nature?: string, lat: number, lon: number, opened_at: string, exercise: boolean, taken_at?: string|null}} Incident */

const TAU = Math.PI * 2;
const SELECT_PX = 18;
/** Below this zoom two hundred labels would only hide the city. */
const UNIT_LABEL_ZOOM = 13.4;
const INCIDENT_LABEL_ZOOM = 12.6;

/**
 * What moves and what counts seconds, drawn on a plain canvas above the map. The base does not have to
 * be drawn again for it: on a machine without a graphics card that is the difference between 3 and 30
 * pictures per second.
 */
export class Overlay {
  /**
   * @param {import("maplibre-gl").Map} map
   * @param {{software: boolean, clock?: () => number}} options software: there is no graphics card; clock: the moment shown
   */
  constructor(map, { software, clock = Date.now }) {
    this.map = map;
    this.clock = clock;
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'map-overlay';
    this.canvas.setAttribute('aria-hidden', 'true');
    map.getCanvasContainer().append(this.canvas);
    // Without a graphics card the canvas is better off in ordinary memory.
    this.ctx = this.canvas.getContext('2d', { willReadFrequently: software });
    this.inks = new Inks();
    this.theme = 'night';
    /** @type {Incident[]} */
    this.incidents = [];
    this.selected = null;
    /** @type {{incident: Incident, orders: object[]}|null} */
    this.focus = null;
    /** @type {import("./overlay_focus.js").Eye[]} */
    this.eyes = [];
    this.hover = null;
    this.adrift = false;
    this.unitsShown = true;
    /** @type {import("./spread.js").Spot[]} */
    this.spots = [];
    this.unitSpots = [];
    this.fit();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    this.ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.width = width;
    this.height = height;
  }

  /** @param {import("./motion.js").Placed[]} units */
  draw(units) {
    const { ctx, ratio } = this;
    this.colours = PALETTES[this.theme];
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    if (this.focus) drawFocus(this, this.focus);
    if (this.eyes.length) drawEyes(this, this.eyes);
    this.#drawUnits(units);
    this.#drawIncidents();
    if (this.hover) this.#drawHover();
  }

  /** @param {[number, number]} lngLat */
  at(lngLat) {
    return this.map.project(lngLat);
  }

  inside({ x, y }, margin = 40) {
    return x > -margin && y > -margin && x < this.width + margin && y < this.height + margin;
  }

  #drawUnits(units) {
    this.unitSpots = [];
    if (!this.unitsShown) return;
    const { ctx, colours: c } = this;
    const north = this.map.getBearing();
    const zoom = this.map.getZoom();
    const size = Math.min(8, Math.max(5, zoom - 7.2));
    for (const { unit, lon, lat, heading, stale } of units) {
      const spot = this.at([lon, lat]);
      if (!this.inside(spot)) continue;
      const grey = stale || this.adrift;
      ctx.save();
      ctx.translate(spot.x, spot.y);
      ctx.rotate(((heading - north) * Math.PI) / 180);
      ctx.beginPath();
      ctx.moveTo(0, -size * 1.25);
      ctx.lineTo(size * 0.85, size);
      if (grey) ctx.lineTo(0, size * 0.45);
      ctx.lineTo(-size * 0.85, size);
      ctx.closePath();
      ctx.fillStyle = grey ? c.staleBg : c.okBg;
      ctx.strokeStyle = grey ? c.stale : c.ok;
      ctx.lineWidth = 1.8;
      ctx.lineJoin = 'round';
      ctx.fill();
      ctx.stroke();
      ctx.restore();
      this.unitSpots.push({ unit, x: spot.x, y: spot.y });
      if (zoom >= UNIT_LABEL_ZOOM) {
        this.inks.write(ctx, unit.label, spot.x + size + 6, spot.y, grey ? c.stale : c.okText, c.plate, 12, 600);
      }
    }
  }

  #drawIncidents() {
    const came = [...this.incidents].sort(inOrder);
    const places = came.map(({ incident_id: id, lon, lat }) => ({ id, ...pixels(this.at([lon, lat])) }));
    this.spots = spread(places.filter((spot) => this.inside(spot, 120)));
    const there = new Map(this.spots.map((spot) => [spot.id, spot]));
    const order = came.filter(({ incident_id: id }) => there.has(id)).sort((a, b) => this.#rank(a) - this.#rank(b));
    for (const spot of this.spots) this.#tether(spot);
    // A name never lies on a symbol.
    for (const incident of order) this.#nameIncident(incident, there.get(incident.incident_id));
    for (const incident of order) this.#drawIncident(incident, there.get(incident.incident_id));
  }

  /** Selected last, so that it lies on top; before it the urgent over the less urgent. */
  #rank(incident) {
    return incident.incident_id === this.selected ? 100 : 10 - incident.priority;
  }

  /** From where it is to where it is drawn. */
  #tether({ x, y, place }) {
    if (place.x === x && place.y === y) return;
    const { ctx, colours: c } = this;
    ctx.beginPath();
    ctx.moveTo(place.x, place.y);
    ctx.lineTo(x, y);
    ctx.strokeStyle = c.text;
    ctx.globalAlpha = 0.5;
    ctx.lineWidth = 1.5;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  #drawIncident(incident, { x, y }) {
    const { ctx, colours: c } = this;
    const p = `p${incident.priority}`;
    const selected = incident.incident_id === this.selected;
    const closed = Boolean(incident.closed_at);
    const taken = closed || (Boolean(incident.taken_at) && !selected);
    const half = selected ? 14 : 11;
    if (incident.exercise) {
      shape(ctx, incident.priority, x, y, half + 3.5);
      ctx.strokeStyle = c.exercise;
      ctx.lineWidth = 2;
      ctx.stroke();
    }
    shape(ctx, incident.priority, x, y, half);
    ctx.fillStyle = taken ? c[`${p}Bg`] : c[p];
    ctx.fill();
    ctx.strokeStyle = taken ? c[p] : c.plate;
    ctx.lineWidth = taken ? 2 : 1.5;
    ctx.stroke();
    ctx.fillStyle = taken ? c[`${p}Text`] : c[`${p}Ink`];
    ctx.font = `600 ${selected ? 14 : 12.5}px "IBM Plex Sans", sans-serif`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(closed ? '✓' : String(incident.priority), x, y + 0.5);
  }

  #nameIncident(incident, { x, y, company }) {
    const selected = incident.incident_id === this.selected;
    const reach = (selected ? 14 : 11) + (incident.exercise ? 3.5 : 0);
    const gap = reach * (incident.priority === 2 ? 1.28 : 1) + 8;
    const loud = selected || (incident.priority === 1 && !incident.taken_at);
    if (!loud && this.map.getZoom() < INCIDENT_LABEL_ZOOM) return;
    const { ctx, colours: c } = this;
    const until = incident.closed_at ? Date.parse(incident.closed_at) : this.clock();
    const running = age(until - Date.parse(incident.opened_at));
    const label = this.#label(incident, company);
    const weight = selected ? 600 : 500;
    const tint = c[`p${incident.priority}Text`];
    ctx.font = `${weight} 13px "IBM Plex Sans", sans-serif`;
    const width = ctx.measureText(label).width;
    if (company) return this.#nameInLine({ label, running, weight, tint, width }, { x: x + gap, y });
    const side = x + gap + width + 8 > this.width ? 'right' : 'left';
    const place = selected ? this.#roomFor(width, { x, y }, gap) : { x: side === 'left' ? x + gap : x - gap, y, side };
    this.#plate(width, place, 36);
    this.inks.write(ctx, label, place.x, place.y - 8, c.text, c.plate, 13, weight, place.side);
    return this.inks.write(ctx, running, place.x, place.y + 8, tint, c.plate, 12, 600, place.side);
  }

  /** In a column there is one line for each. */
  #nameInLine({ label, running, weight, tint, width }, { x, y }) {
    const { ctx, colours: c } = this;
    const whole = width + 10 + ctx.measureText(running).width;
    this.#plate(whole, { x, y, side: 'left' }, 24);
    this.inks.write(ctx, label, x, y, c.text, c.plate, 13, weight);
    this.inks.write(ctx, running, x + width + 10, y, tint, c.plate, 12, 600);
  }

  /** Software that looks through one camera signals several things at one place: what it is tells them apart. */
  #label(incident, company) {
    const { title, place_label: place } = incident;
    return (company && incident.nature === 'signal' && title) || place || title || '';
  }

  /** Where the name hides none of the cameras that look: to the right, the left, above or below. */
  #roomFor(width, { x, y }, gap) {
    const places = [
      { x: x + gap, y, side: 'left' }, { x: x - gap, y, side: 'right' },
      { x: x - width / 2, y: y - gap - 20, side: 'left' }, { x: x - width / 2, y: y + gap + 20, side: 'left' },
    ];
    const cameras = this.focus?.orders.map((order) => this.at([order.lon, order.lat])) ?? [];
    const hides = (place) => {
      const left = place.side === 'left' ? place.x : place.x - width;
      return cameras.some((spot) => spot.x > left - 44 && spot.x < left + width + 44 && Math.abs(spot.y - place.y) < 28);
    };
    return places.find((place) => !hides(place)) ?? places[0];
  }

  /** Hides what the base writes under the name of an alert. */
  #plate(width, { x, y, side }, height) {
    const { ctx, colours: c } = this;
    ctx.beginPath();
    ctx.roundRect(side === 'left' ? x - 5 : x - width - 6, y - height / 2, width + 11, height, 4);
    ctx.globalAlpha = 0.82;
    ctx.fillStyle = c.plate;
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  #drawHover() {
    const { ctx, colours: c, hover } = this;
    const spot = this.at(hover.lngLat);
    ctx.beginPath();
    ctx.arc(spot.x, spot.y, 9, 0, TAU);
    ctx.strokeStyle = c.act;
    ctx.lineWidth = 2;
    ctx.stroke();
    this.inks.write(ctx, hover.text, spot.x + 14, spot.y, c.text, c.plate, 12, 500);
  }

  /** The incident under the pointer, the nearest first. */
  incidentAt({ x, y }) {
    const away = (spot) => Math.hypot(spot.x - x, spot.y - y);
    const near = this.spots.filter((spot) => away(spot) < SELECT_PX).sort((a, b) => away(a) - away(b));
    return near[0]?.id ?? null;
  }

  unitAt({ x, y }) {
    return this.unitSpots.findLast((spot) => Math.hypot(spot.x - x, spot.y - y) < 12)?.unit ?? null;
  }
}

/** As they came: the order in which they stand does not change when one is taken or chosen. */
const inOrder = (a, b) => (a.opened_at < b.opened_at ? -1 : a.opened_at > b.opened_at ? 1 : a.incident_id - b.incident_id);

const pixels = ({ x, y }) => ({ x, y });

/** Square for 1, diamond for 2, disc for 3: priority is read without colour. */
function shape(ctx, priority, x, y, half) {
  ctx.beginPath();
  if (priority === 1) ctx.roundRect(x - half, y - half, half * 2, half * 2, 4);
  else if (priority === 2) {
    const reach = half * 1.28;
    ctx.moveTo(x, y - reach);
    ctx.lineTo(x + reach, y);
    ctx.lineTo(x, y + reach);
    ctx.lineTo(x - reach, y);
    ctx.closePath();
  } else ctx.arc(x, y, half * 1.02, 0, TAU);
}
