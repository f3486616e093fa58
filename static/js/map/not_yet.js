/** What is told of last counts: the map gets it when it is there. */
const KEPT = ['setCameras', 'setSites', 'setUnits', 'setIncidents', 'focus', 'clearFocus', 'greyOut'];

/** Stands in for the map until it is made, and hands over to it what it was told meanwhile. */
export class NotYet extends EventTarget {
  locked = false;
  /** @type {Map<string, any[]>} */
  #told = new Map();

  constructor() {
    super();
    for (const name of KEPT) {
      this[name] = (...about) => {
        this.#told.delete(name);
        this.#told.set(name, about);
      };
    }
  }

  handTo(map) {
    for (const [name, about] of this.#told) map[name](...about);
  }

  toggleLayer() {
    return true;
  }

  setCameraState() {}
  setTheme() {}
  unlock() {}
  goTo() {}
  zoomBy() {}
}
