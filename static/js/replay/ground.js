/** The map beside the pictures, on their clock. */

import { createMap } from "../map/map.js";
import { Past } from "./past.js";
import { get } from "./server.js";

const EVERY_MS = 100;

export class Ground {
  /** @param {HTMLElement} root @param {{url: string, clock: import("./clock.js").Clock, say: (text: string) => void}} options */
  constructor(root, { url, clock, say }) {
    Object.assign(this, { root, url, clock, say });
    this.past = null;
    this.map = null;
    this.shown = 0;
    this.drawnAt = NaN;
  }

  /** Other looks: other minutes, or other cameras. @param {{token: string}[]} looks */
  open(looks) {
    this.looks = looks;
    this.past = new Past((from, to) => get(`${this.url}?${this.query(from, to)}`), [this.clock.from, this.clock.to]);
    this.drawnAt = NaN;
    this.aimed = false;
    if (this.map) return;
    const { style, pmtiles } = this.root.dataset;
    this.map = createMap(this.root, {
      theme: document.documentElement.dataset.theme, styleUrl: style || undefined, pmtilesUrl: pmtiles || undefined,
      clock: () => this.clock.at,
    });
    new ResizeObserver(() => this.map.resize()).observe(this.root);
  }

  /** The tokens as they are by now: they are made anew while the page is looked at. */
  query(from, to) {
    const asked = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    for (const { token } of this.looks) asked.append("look", token);
    return asked;
  }

  /** Called with every picture of the screen; what did not change is not drawn again. @param {number} now */
  turn(now) {
    if (!this.past || now - this.shown < EVERY_MS || this.clock.at === this.drawnAt) return;
    const known = this.past.at(this.clock.at);
    if (this.past.failed) this.say(this.past.failed);
    if (!known) return;
    this.shown = now;
    this.drawnAt = this.clock.at;
    this.map.setUnits(known.units);
    this.map.setIncidents(known.incidents);
    this.map.setEyes(known.eyes);
    this.root.dataset.units = String(known.units.length);
    this.root.dataset.incidents = known.incidents.map((one) => one.number).join(" ");
    if (!this.aimed) {
      this.aimed = true;
      this.map.hold([...known.eyes, ...known.incidents.filter((one) => this.near(one, known.eyes))]);
    }
  }

  /** About two kilometres: an alert elsewhere in the city does not make the street small. */
  near(one, eyes) {
    return eyes.some((eye) => Math.abs(eye.lat - one.lat) < 0.02 && Math.abs(eye.lon - one.lon) < 0.03);
  }

  close() {
    this.past = null;
  }
}
