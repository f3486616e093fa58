/** The cameras and sites as the room knows them: read once, changed by facts. */
import { faultsOf, readFaults } from "./faults.js";
import { number } from "./format.js";
import { fill, gettext, ngettext } from "./words.js";

const NOT_COUNTED = new Set(["planned", "retired", "to_declare"]);
const WORDS = () => ({
  live: gettext("in service"), lost: gettext("offline"), maintenance: gettext("under maintenance"),
  to_declare: gettext("to be declared"), planned: gettext("planned"), retired: gettext("retired"),
});

/** A camera that could be asked for a picture. @param {{state: string}} camera */
export const isLive = (camera) => camera.state === "live";

/** @param {string} state */
export const stateLabel = (state) => WORDS()[state] ?? state;

/** "in service · blurred": its state and what is known to be wrong. @param {{state: string, faults?: string[]}} camera */
export const conditionOf = (camera) => [stateLabel(camera.state), faultsOf(camera)].filter(Boolean).join(" · ");

export class Estate {
  /** @param {{camerasUrl: string, sitesUrl: string, faultsUrl?: string}} urls */
  constructor({ camerasUrl, sitesUrl, faultsUrl = "/footage/health/faults.json" }) {
    Object.assign(this, { camerasUrl, sitesUrl, faultsUrl });
    /** @type {Map<number, any>} */
    this.cameras = new Map();
    /** @type {any[]} what the command bar searches */
    this.list = [];
  }

  /** @returns {Promise<any>} GeoJSON for the map; rejects when the server does not answer */
  async readCameras() {
    const [collection, faults] = await Promise.all([read(this.camerasUrl), readFaults(this.faultsUrl)]);
    this.cameras = new Map();
    for (const { properties, geometry } of collection.features) {
      const [lon, lat] = geometry.coordinates;
      const camera = { ...properties, lat, lon, faults: faults.get(properties.id) ?? [] };
      this.cameras.set(properties.id, { ...camera, stateLabel: conditionOf(camera) });
    }
    this.list = [...this.cameras.values()];
    return collection;
  }

  readSites() {
    return read(this.sitesUrl);
  }

  /** @param {number} id @param {string} state */
  cameraIs(id, state) {
    const camera = this.cameras.get(id);
    if (!camera) return;
    camera.state = state;
    camera.stateLabel = conditionOf(camera);
  }

  /** A fault was found, or is over. @param {number} id @param {string} fault @param {boolean} stands */
  faultIs(id, fault, stands) {
    const camera = this.cameras.get(id);
    if (!camera) return;
    camera.faults = camera.faults.filter((one) => one !== fault).concat(stands ? [fault] : []);
    camera.stateLabel = conditionOf(camera);
  }

  /** "4,812 / 4,867 cameras" */
  count() {
    const counted = this.list.filter((camera) => !NOT_COUNTED.has(camera.state));
    const words = ngettext("%(live)s / %(all)s camera", "%(live)s / %(all)s cameras", counted.length);
    return fill(words, { live: number(counted.filter(isLive).length), all: number(counted.length) });
  }
}

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}
