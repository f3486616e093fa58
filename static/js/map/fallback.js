import { gettext } from './words.js';

/** Stands in for the map where the browser cannot draw it; everything else on the page keeps working. */
export class NoMap extends EventTarget {
  ready = Promise.resolve();
  locked = false;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    element.classList.add('map-missing');
    const box = document.createElement('div');
    box.className = 'map-message';
    box.setAttribute('role', 'status');
    const title = document.createElement('strong');
    title.textContent = gettext('The map cannot be drawn on this workstation.');
    const advice = document.createElement('p');
    advice.textContent = gettext(
      'Its browser offers no WebGL 2. The queue, the pictures and the incident keep working; ask for graphics acceleration to be turned on.',
    );
    this.place = document.createElement('p');
    this.place.className = 'map-message-place';
    box.append(title, advice, this.place);
    element.append(box);
  }

  /** Says in words where the map would have gone. */
  focus(incident) {
    this.place.textContent = `${incident.place_label} · ${incident.lat.toFixed(5)}, ${incident.lon.toFixed(5)}`;
  }

  clearFocus() {
    this.place.textContent = '';
  }

  greyOut(lost) {
    this.element.classList.toggle('is-adrift', lost);
  }

  toggleLayer() {
    return false;
  }

  setCameras() {}
  setCameraState() {}
  setSites() {}
  setUnits() {}
  setIncidents() {}
  setEyes() {}
  hold() {}
  setTheme() {}
  unlock() {}
  goTo() {}
  zoomBy() {}
  resize() {}
  destroy() {}
}
