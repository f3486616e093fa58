import * as maplibre from '../../vendor/maplibre-gl/maplibre-gl.mjs';
import { ViewLock } from './lock.js';

const FOCUS_ZOOM = 16.4;
const FARTHEST = 14.5;
const CLOSE_ZOOM = 17;
/** What lies over the map's edges: the tools above, the lock's words and the scale below, names to the right. */
const MARGIN = { top: 96, right: 150, bottom: 72, left: 96 };

/** @typedef {{incident: {incident_id: number, lon: number, lat: number}, orders: {camera_id: number, lon: number, lat: number}[]}} Goal */

/** @param {Goal} goal */
const nameOf = ({ incident, orders }) => [incident.incident_id, ...orders.map((order) => order.camera_id)].join();

/** Where the map looks: at the alert being worked, unless a hand holds the view or somebody asked to see another place. */
export class View {
  lock = new ViewLock();
  /** What was last gone to: the same alert with the same cameras does not pull the view back. */
  #went = '';

  /**
   * @param {import("maplibre-gl").Map} map
   * @param {{jump: () => boolean}} options jump: arriving at once beats a flight here
   */
  constructor(map, { jump }) {
    Object.assign(this, { map, jump });
    for (const name of ['dragstart', 'wheel', 'zoomstart', 'rotatestart', 'boxzoomstart']) {
      map.on(name, (event) => event.ours || this.lock.gesture());
    }
  }

  /** @param {Goal} goal */
  aim(goal) {
    const name = nameOf(goal);
    const other = this.#went.split(',')[0] !== String(goal.incident.incident_id);
    const free = this.lock.aim(goal);
    if (!free || name === this.#went) return;
    this.#went = name;
    if (other || !this.#holds(goal)) this.#go(goal);
  }

  /** Nothing to look at any more; the lock stays as it is. */
  drop() {
    this.#went = '';
    this.lock.drop();
  }

  /** The hand lets go: back to the alert. */
  release() {
    const goal = this.lock.release();
    if (!goal) return;
    this.#went = nameOf(goal);
    this.#go(goal);
  }

  /** @param {{lat: number, lon: number}} place */
  visit({ lat, lon }) {
    this.move('flyTo', { center: [lon, lat], zoom: CLOSE_ZOOM, duration: 650 });
  }

  /** Without a graphics card, or where motion is unwelcome, arriving at once beats a jerky flight. */
  move(how, { duration, ...view }) {
    if (this.jump()) this.map.jumpTo(view, { ours: true });
    else this.map[how]({ ...view, duration }, { ours: true });
  }

  #bounds({ incident, orders }) {
    const box = new maplibre.LngLatBounds([incident.lon, incident.lat], [incident.lon, incident.lat]);
    for (const { lon, lat } of orders) box.extend([lon, lat]);
    return box;
  }

  /** Is all of it in sight, clear of what lies over the edges? */
  #holds({ incident, orders }) {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    return [incident, ...orders].every(({ lon, lat }) => {
      const { x, y } = this.map.project([lon, lat]);
      return x > MARGIN.left / 2 && y > MARGIN.top / 2 && x < width - MARGIN.right / 2 && y < height - MARGIN.bottom / 2;
    });
  }

  #go(goal) {
    const fitted = this.map.cameraForBounds(this.#bounds(goal), { padding: MARGIN, maxZoom: FOCUS_ZOOM, bearing: 0 });
    const zoom = Math.max(FARTHEST, Math.min(FOCUS_ZOOM, fitted?.zoom ?? FOCUS_ZOOM));
    const center = zoom > FARTHEST && fitted ? fitted.center : [goal.incident.lon, goal.incident.lat];
    this.move('flyTo', { center, zoom, bearing: 0, duration: 650 });
  }
}
