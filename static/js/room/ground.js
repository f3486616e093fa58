/** The map as the room uses it: incidents and alerts on it, the cameras read once, the view that follows or is held. */
import { createMap } from "../map/map.js";
import { NotYet } from "../map/not_yet.js";
import { painted } from "./page.js";

/** The alerts are drawn first. Without a first answer the map does not wait for ever. */
const OPEN_BY = 1500;
const READ_AGAIN = 5000;
const READ_SOON = 1500;

/** What has no incident stands on the map under its number below zero; signals of software far below the alerts. */
const SIGNALS_BELOW = 1e9;
const onMap = (row) => (row.incident_id ? row
  : { ...row, incident_id: row.signal_id ? -SIGNALS_BELOW - row.signal_id : -row.alert_id, opened_at: row.received_at });
const keyOf = (id) => (id < -SIGNALS_BELOW ? `s${-id - SIGNALS_BELOW}` : id < 0 ? `a${-id}` : `i${id}`);

export class Ground {
  /**
   * @param {{root: HTMLElement, lock: HTMLElement, estate: import("./estate.js").Estate, onSelect: (key: string) => void,
   *         onCamera: (camera: any) => void, onCameras: (words: string | null) => void}} options
   */
  constructor({ root, lock, estate, onSelect, onCamera, onCameras }) {
    Object.assign(this, { lock, estate, onCameras });
    this.root = root;
    this.map = new NotYet();
    this.options = { onSelect: (id) => onSelect(keyOf(id)), onCameraClick: onCamera };
    this.late = setTimeout(() => this.open(), OPEN_BY);
    this.opened = new Promise((resolve) => { this.isOpen = resolve; });
    this.readCameras();
    estate.readSites().then((sites) => this.map.setSites(sites), () => {}); // without them the map is only poorer
  }

  /** Make the map, once what calls is on the screen: it is what a page without a graphics card takes longest for. */
  async open() {
    if (this.late === null) return;
    clearTimeout(this.late);
    this.late = null;
    await painted();
    const { style, pmtiles } = this.root.dataset;
    const map = createMap(this.root, {
      ...this.options, theme: document.documentElement.dataset.theme, styleUrl: style || undefined, pmtilesUrl: pmtiles || undefined,
    });
    for (const change of ["locked", "unlocked"]) map.addEventListener(change, () => this.showLock());
    this.map.handTo(map);
    this.map = map;
    this.isOpen();
  }

  get locked() {
    return this.map.locked;
  }

  /** @param {any[]} rows open incidents, and alerts that have none */
  show(rows) {
    this.map.setIncidents(rows.map(onMap));
  }

  /** @param {any | null} row */
  focus(row) {
    if (row) this.map.focus(onMap(row), row.orders ?? []);
    else this.map.clearFocus();
  }

  /** To a place somebody asked for. Space goes back, and so does the next alert that may come forward. @param {{lat: number, lon: number}} place */
  goTo(place) {
    this.map.goTo(place);
  }

  follow() {
    this.map.unlock();
    this.showLock();
  }

  showLock() {
    this.lock.hidden = !this.map.locked;
  }

  /** @param {number} id @param {string} state */
  cameraIs(id, state) {
    this.estate.cameraIs(id, state);
    this.map.setCameraState(id, state);
    this.onCameras(this.estate.count());
  }

  /** @param {number} id @param {string} fault @param {boolean} stands */
  faultIs(id, fault, stands) {
    this.estate.faultIs(id, fault, stands);
    this.onCameras(this.estate.count());
  }

  /** The estate changed, perhaps in many places at once: read it again, once. */
  readCamerasSoon() {
    this.timer ??= setTimeout(() => this.readCameras(), READ_SOON);
  }

  async readCameras() {
    clearTimeout(this.timer);
    this.timer = null;
    try {
      this.map.setCameras(await this.estate.readCameras());
      this.onCameras(this.estate.count());
    } catch {
      this.onCameras(null);
      this.timer = setTimeout(() => this.readCameras(), READ_AGAIN);
    }
  }
}
