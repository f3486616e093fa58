import { gettext } from '../map/words.js';
import { svg } from './mask_still.js';
import { ShapeEditor } from './shape_editor.js';

/**
 * One zone over a picture, an area or a line with the way that counts, and two known lengths on the ground: one near,
 * one far. The lengths are there only while the ground scale is asked for.
 */

const LENGTHS = () => [[[0.4, 0.9], [0.6, 0.9]], [[0.45, 0.6], [0.55, 0.6]]];

class ZoneEditor extends ShapeEditor {
  constructor(form) {
    super(form);
    this.chosen = 0;
    form.elements.ground_on.addEventListener('change', () => this.toggleGround());
    for (const name of ['crossing', 'metres_near', 'metres_far']) form.elements[name]?.addEventListener('input', () => this.draw());
    this.draw();
  }

  read() {
    const zone = JSON.parse(document.getElementById('zone').textContent);
    this.line = zone.kind === 'line';
    const { elements } = this.form;
    elements.ground_on.checked = zone.ground.length > 0;
    [elements.metres_near.value, elements.metres_far.value] = zone.ground.length ? zone.ground.map((one) => one.metres) : ['', ''];
    return [zone.points, ...zone.ground.map((one) => [one.from, one.to])];
  }

  write() {
    const { points, ground, ground_on: on, metres_near: near, metres_far: far } = this.form.elements;
    points.value = JSON.stringify(this.areas[0]);
    const metres = [near, far].map((field) => Number(field.value));
    ground.value = on.checked ? JSON.stringify(this.areas.slice(1).map(([from, to], n) => ({ from, to, metres: metres[n] }))) : '[]';
    for (const field of [near, far]) Object.assign(field, { disabled: !on.checked, required: on.checked });
  }

  isLine(shape) {
    return shape > 0 || this.line;
  }

  toggleGround() {
    this.keep();
    this.areas = this.form.elements.ground_on.checked ? [this.areas[0], ...LENGTHS()] : [this.areas[0]];
    this.chosen = this.areas.length - 1;
    this.draw();
    if (this.areas.length > 1) this.say(gettext('Lay each length on something you know: a door, a lane, a bench. One near, one far.'));
  }

  undo() {
    super.undo();
    this.form.elements.ground_on.checked = this.areas.length > 1;
    this.draw();
  }

  /** None is added and none goes: the last drag draws the chosen one anew. */
  add() {}

  remove() {}

  straighten() {}

  cover(event, area) {
    const from = this.at(event);
    const shape = area === undefined ? this.chosen : Number(area);
    let drawn = false;
    this.follow((moved) => {
      const to = this.at(moved);
      if (!drawn && Math.hypot(to[0] - from[0], to[1] - from[1]) < 0.02) return;
      if (!drawn) this.keep();
      drawn = true;
      this.areas[this.chosen] = this.isLine(this.chosen) ? [from, to] : [from, [to[0], from[1]], to, [from[0], to[1]]];
      this.draw();
    }, () => {
      if (!drawn) this.focus(shape, 0);
    });
  }

  nameOf(area, corner) {
    const names = [this.line ? gettext('Line') : gettext('Area'), gettext('Near length'), gettext('Far length')];
    const [x, y] = this.areas[area][corner];
    return `${names[area]}, ${gettext('corner')} ${corner + 1} / ${this.areas[area].length}: ${Math.round(x * 100)} %, ${Math.round(y * 100)} %`;
  }

  extras(width, height, scale) {
    const lengths = this.areas.slice(1).map(([[ax, ay], [bx, by]], n) => {
      const metres = this.form.elements[n === 0 ? 'metres_near' : 'metres_far'].value;
      const label = svg('text', { class: 'zone-length', x: ((ax + bx) / 2) * width, y: ((ay + by) / 2) * height - 8 * scale, 'font-size': 15 * scale });
      label.textContent = metres ? `${metres} m` : '? m';
      return label;
    });
    const crossing = this.form.elements.crossing?.value;
    if (!this.line || !crossing || crossing === 'any') return lengths;
    return [...lengths, this.arrow(crossing, width, height, scale)];
  }

  /** Across the line, the way that counts: right and left of who walks from its first end to its second. */
  arrow(crossing, width, height, scale) {
    const [[ax, ay], [bx, by]] = this.areas[0].map(([x, y]) => [x * width, y * height]);
    const [dx, dy] = [bx - ax, by - ay];
    const long = Math.hypot(dx, dy) || 1;
    const side = crossing === 'to_right' ? 1 : -1;
    const [nx, ny] = [(-dy / long) * side, (dx / long) * side];
    const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
    const far = 42 * scale;
    const tip = [mx + nx * far, my + ny * far];
    const wing = (turn) => [tip[0] - (nx * 12 - (turn * dx * 8) / long) * scale, tip[1] - (ny * 12 - (turn * dy * 8) / long) * scale];
    const points = [[mx, my], tip, wing(1), tip, wing(-1)].map((point) => point.join(',')).join(' ');
    return svg('polyline', { class: 'zone-arrow', points });
  }
}

for (const form of document.querySelectorAll('[data-zone-form]')) new ZoneEditor(form);
