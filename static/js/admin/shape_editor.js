import { gettext } from '../map/words.js';
import { areas, openPicture, svg } from './mask_still.js';

/**
 * Shapes drawn over a picture, kept as parts of it from 0 to 1 in a field of the form: masks, zones.
 * A drag on the picture covers a window with four corners; a corner is dragged or moved by arrows; the middle of a
 * side becomes a corner when it is dragged. Every corner is reached by Tab.
 */

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.01;
const FINE = 0.001;
const SMALLEST = 0.006;
const part = (value) => Number(Math.min(1, Math.max(0, value)).toFixed(4));
const middle = ([ax, ay], [bx, by]) => [part((ax + bx) / 2), part((ay + by) / 2)];
const rectangle = ([ax, ay], [bx, by]) => [[ax, ay], [bx, ay], [bx, by], [ax, by]];

export class ShapeEditor {
  constructor(form) {
    this.form = form;
    this.stage = form.querySelector('[data-mask-stage]');
    this.drawing = this.stage.querySelector('svg');
    this.said = form.querySelector('[data-said]');
    this.areas = this.read();
    this.before = [];
    this.chosen = this.areas.length - 1;
    this.drawing.addEventListener('pointerdown', (event) => this.press(event));
    this.drawing.addEventListener('keydown', (event) => this.key(event));
    this.drawing.addEventListener('focusin', ({ target }) => this.choose(target));
    form.querySelector('[data-open]')?.addEventListener('click', (event) => this.open(event.currentTarget));
    form.querySelector('[data-add]')?.addEventListener('click', () => this.add());
    form.querySelector('[data-remove]')?.addEventListener('click', () => this.remove(this.chosen));
    form.querySelector('[data-undo]').addEventListener('click', () => this.undo());
    this.draw();
  }

  // What a kind of drawing says for itself (masks: as here; zones: zone_editor.js)

  read() {
    return areas();
  }

  write() {
    this.form.elements.polygons.value = JSON.stringify(this.areas);
  }

  /** Whether a shape is a line with two ends, and not an area. */
  isLine() {
    return false;
  }

  /** What is drawn beside the shapes: an arrow, a length. */
  extras() {
    return [];
  }

  async open(button) {
    button.disabled = true;
    this.say(gettext('The picture is on its way.'));
    try {
      const { takenAt } = await openPicture(this.stage);
      this.say(`${gettext('Taken at')} ${takenAt.toLocaleTimeString()}`);
    } catch (error) {
      this.say(error.message);
    }
    button.disabled = false;
    this.draw();
  }

  say(words) {
    this.said.textContent = words;
  }

  /** Call before a change: Undo goes back there. */
  keep() {
    this.before.push(JSON.stringify(this.areas));
    if (this.before.length > 100) this.before.shift();
  }

  undo() {
    if (!this.before.length) return;
    this.areas = JSON.parse(this.before.pop());
    this.chosen = Math.min(this.chosen, this.areas.length - 1);
    this.draw();
    this.say(`${this.areas.length} ${gettext('areas')}`);
  }

  add(corners = rectangle([0.42, 0.42], [0.58, 0.58])) {
    this.keep();
    this.areas.push(corners);
    this.chosen = this.areas.length - 1;
    this.draw();
    this.focus(this.chosen, 0);
  }

  remove(index) {
    if (!this.areas[index]) return;
    this.keep();
    this.areas.splice(index, 1);
    this.chosen = Math.min(index, this.areas.length - 1);
    this.draw();
    this.say(`${this.areas.length} ${gettext('areas')}`);
  }

  // What is shown

  draw() {
    const { width, height } = this.stage.querySelector('canvas');
    const held = this.drawing.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const scale = width / (this.drawing.clientWidth || width);
    const shapes = this.areas.map((area, n) => svg(this.isLine(n) ? 'polyline' : 'polygon', {
      class: n === this.chosen ? 'mask-area is-chosen' : 'mask-area', 'data-area': n, points: area.map(([x, y]) => `${x * width},${y * height}`).join(' '),
    }));
    const dots = this.areas.flatMap((area, n) => [
      ...(this.isLine(n) ? [] : area).map((corner, c) => this.dot('middle', n, c, middle(corner, area[(c + 1) % area.length]), scale)),
      ...area.map((corner, c) => this.dot('corner', n, c, corner, scale)),
    ]);
    this.drawing.replaceChildren(...shapes, ...this.extras(width, height, scale), ...dots);
    this.write();
    if (held) this.drawing.querySelector(`[data-key="${held}"]`)?.focus();
  }

  dot(kind, area, corner, [x, y], scale) {
    const { width, height } = this.stage.querySelector('canvas');
    const dot = svg('circle', { class: `mask-${kind}`, 'data-area': area, 'data-corner': corner, cx: x * width, cy: y * height, r: (kind === 'corner' ? 7 : 4.5) * scale });
    if (kind === 'middle') dot.dataset.middle = '';
    else {
      dot.dataset.key = `${area}-${corner}`;
      dot.setAttribute('tabindex', '0');
      dot.setAttribute('role', 'button');
      dot.setAttribute('aria-label', this.nameOf(area, corner));
    }
    return dot;
  }

  nameOf(area, corner) {
    const [x, y] = this.areas[area][corner];
    const where = `${Math.round(x * 100)} %, ${Math.round(y * 100)} %`;
    return `${gettext('Area')} ${area + 1}, ${gettext('corner')} ${corner + 1} / ${this.areas[area].length}: ${where}`;
  }

  focus(area, corner) {
    this.drawing.querySelector(`[data-key="${area}-${corner}"]`)?.focus();
  }

  choose({ dataset }) {
    if (dataset.key === undefined) return;
    const area = Number(dataset.area);
    if (area !== this.chosen) {
      this.chosen = area;
      this.drawing.querySelectorAll('[points]').forEach((shape, n) => shape.classList.toggle('is-chosen', n === area));
    }
  }

  // By hand

  at({ clientX, clientY }) {
    const { left, top, width, height } = this.drawing.getBoundingClientRect();
    return [part((clientX - left) / width), part((clientY - top) / height)];
  }

  press(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const { area, corner, middle: half } = event.target.dataset;
    if (corner === undefined) this.cover(event, area);
    else this.drag(event, Number(area), Number(corner), half !== undefined);
  }

  drag(event, area, corner, isMiddle) {
    this.keep();
    const index = isMiddle ? corner + 1 : corner;
    if (isMiddle) this.areas[area].splice(index, 0, this.at(event));
    this.chosen = area;
    this.draw();
    this.focus(area, index);
    this.follow((moved) => {
      this.areas[area][index] = this.at(moved);
      this.draw();
    }, () => this.say(this.nameOf(area, index)));
  }

  /** A drag over the picture covers what lies in it; a mere click chooses the area under it. */
  cover(event, area) {
    const from = this.at(event);
    let drawn = false;
    this.follow((moved) => {
      const to = this.at(moved);
      if (!drawn && Math.hypot(to[0] - from[0], to[1] - from[1]) < SMALLEST) return;
      if (!drawn) {
        this.keep();
        this.areas.push([]);
        this.chosen = this.areas.length - 1;
        drawn = true;
      }
      this.areas[this.chosen] = rectangle(from, to);
      this.draw();
    }, () => {
      if (drawn) {
        this.straighten();
        this.focus(this.chosen, 0);
        this.say(`${this.areas.length} ${gettext('areas')}`);
      } else if (area !== undefined) this.focus(Number(area), 0);
    });
  }

  /** One drawn as a line covers nothing. */
  straighten() {
    const [[ax, ay], , [bx, by]] = this.areas[this.chosen];
    if (Math.abs(ax - bx) < SMALLEST || Math.abs(ay - by) < SMALLEST) this.undo();
  }

  follow(move, end) {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    addEventListener('pointermove', move, options);
    for (const over of ['pointerup', 'pointercancel']) {
      addEventListener(over, () => {
        stop.abort();
        end();
      }, options);
    }
  }

  // By keys

  key(event) {
    const { area: a, corner: c, key } = event.target.dataset;
    if (event.altKey || key === undefined) return;
    const [area, corner] = [Number(a), Number(c)];
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') this.undo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key in MOVES) this.push(area, corner, MOVES[event.key], event.shiftKey ? FINE : STEP);
    else if (event.key === 'Enter' || event.key === ' ') this.insert(area, corner);
    else if (event.key === 'Delete' || event.key === 'Backspace') this.cut(area, corner);
    else return;
    event.preventDefault();
  }

  push(area, corner, [dx, dy], step) {
    this.keep();
    const [x, y] = this.areas[area][corner];
    this.areas[area][corner] = [part(x + dx * step), part(y + dy * step)];
    this.draw();
    this.say(this.nameOf(area, corner));
  }

  insert(area, corner) {
    if (this.isLine(area)) return;
    this.keep();
    const corners = this.areas[area];
    corners.splice(corner + 1, 0, middle(corners[corner], corners[(corner + 1) % corners.length]));
    this.draw();
    this.focus(area, corner + 1);
    this.say(this.nameOf(area, corner + 1));
  }

  /** Of three corners none can go: the area goes. */
  cut(area, corner) {
    if (this.isLine(area)) return;
    if (this.areas[area].length <= 3) {
      this.remove(area);
      this.focus(this.chosen, 0);
      return;
    }
    this.keep();
    this.areas[area].splice(corner, 1);
    this.draw();
    this.focus(area, Math.max(0, corner - 1));
  }
}
