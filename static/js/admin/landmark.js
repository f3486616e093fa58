import { gettext } from '../map/words.js';
import { handle, openMap } from './ground_map.js';
import { Head } from './head.js';
import { openPicture, svg } from './mask_still.js';

/** One landmark: where it is in the picture, what the motors count meanwhile, and where it is on the map. */

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SAME = 0.0015; // counts: the head stood still while the picture was taken

class Landmark {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.stage = form.querySelector('[data-mask-stage]');
    this.drawing = this.stage.querySelector('svg');
    this.said = form.querySelector('[data-said]');
    this.head = new Head(form);
    this.map = openMap(form.querySelector('[data-landmark-map]'), {
      center: [Number(form.dataset.cameraLon), Number(form.dataset.cameraLat)], zoom: 17.5, dress: () => {},
    });
    this.#dressMap();
    this.drawing.setAttribute('tabindex', '0');
    this.drawing.setAttribute('role', 'application');
    this.drawing.setAttribute('aria-label', gettext('The landmark in the picture: click it, or move the cross with the arrow keys'));
    this.drawing.addEventListener('click', (event) => this.#clicked(event));
    this.drawing.addEventListener('keydown', (event) => this.#stepped(event));
    for (const name of ['x', 'y']) this.#field(name).addEventListener('input', () => this.#draw());
    this.head.buttons(this.said, () => this.open());
  }

  /** A picture, and what the head counted before and after it: the same, or it is asked for again. */
  async open() {
    let before = await this.head.still();
    for (let tries = 0; tries < 3; tries += 1) {
      await openPicture(this.stage, before.restedBy);
      const after = await this.head.ask();
      if (!after.moving && ['pan_counts', 'tilt_counts'].every((name) => Math.abs(after[name] - before[name]) < SAME)) {
        for (const name of ['pan_counts', 'tilt_counts', 'zoom']) this.#field(name).value = String(after[name]);
        this.#place(0, 0); // what was clicked was clicked on another picture
        this.said.textContent = gettext('Click the landmark in the picture, then on the map.');
        return;
      }
      before = await this.head.still();
    }
    throw new Error(gettext('The camera does not stand still: somebody else steers it.'));
  }

  #field(name) {
    return this.form.elements[name];
  }

  #clicked(event) {
    const box = this.drawing.getBoundingClientRect();
    this.#place((event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5);
  }

  #stepped(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const by = event.shiftKey ? 0.05 : 0.002;
    this.#place(Number(this.#field('x').value) + step[0] * by, Number(this.#field('y').value) + step[1] * by);
  }

  #place(x, y) {
    for (const [name, value] of [['x', x], ['y', y]]) {
      this.#field(name).value = Math.min(0.5, Math.max(-0.5, value)).toFixed(4);
    }
    this.#draw();
  }

  #draw() {
    const { width, height } = this.stage.querySelector('canvas');
    this.drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const x = (Number(this.#field('x').value) + 0.5) * width;
    const y = (Number(this.#field('y').value) + 0.5) * height;
    const r = width / 40;
    const path = `M${x - r} ${y}H${x - r / 4}M${x + r / 4} ${y}H${x + r}M${x} ${y - r}V${y - r / 4}M${x} ${y + r / 4}V${y + r}`;
    this.drawing.replaceChildren(svg('path', { class: 'landmark-cross', d: path }));
  }

  #dressMap() {
    if (!this.map) return;
    const from = [Number(this.form.dataset.cameraLon), Number(this.form.dataset.cameraLat)];
    const camera = handle(this.map, 'camera-pin', gettext('The camera'), from);
    camera.marker.setDraggable(false);
    const there = [Number(this.#field('lon').value), Number(this.#field('lat').value)];
    if (this.#field('lat').value) this.#mark(there);
    this.map.on('click', ({ lngLat }) => this.#mark(lngLat.toArray()));
  }

  #mark(at) {
    if (!this.landmark) {
      this.landmark = handle(this.map, 'camera-turner', gettext('The landmark on the map'), at);
      this.landmark.marker.on('drag', () => this.#write(this.landmark.marker.getLngLat().toArray()));
    }
    this.landmark.marker.setLngLat(at);
    this.#write(at);
  }

  #write([lon, lat]) {
    this.#field('lat').value = lat.toFixed(7);
    this.#field('lon').value = lon.toFixed(7);
  }
}

for (const form of document.querySelectorAll('form[data-landmark]')) new Landmark(form);
