/** A line of time: recorded ranges by camera, alerts, bookmarks, the hand. A slider for the keyboard. */

const SVG = "http://www.w3.org/2000/svg";
const LANE = 10;

/** @param {string} name @param {Record<string, string | number>} attributes */
function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  return element;
}

export class Timeline {
  /** @param {HTMLElement} element @param {(at: number) => void} chosen @param {(at: number) => string} words */
  constructor(element, chosen, words) {
    this.element = element;
    this.words = words;
    this.from = 0;
    this.to = 1;
    this.at = 0;
    this._chosen = chosen;
    this._hand = draw("line", { class: "hand", y1: 0, y2: "100%" });
    element.addEventListener("pointerdown", (event) => this._pointed(event));
    element.addEventListener("pointermove", (event) => event.buttons === 1 && this.drags && this._pointed(event));
    element.addEventListener("keydown", (event) => this._key(event));
    this.drags = false;
  }

  /** @param {number} from @param {number} to @param {{ranges: [number, number][], kept?: number}[]} lanes @param {{at: number, kind: string}[]} marks @param {[number, number] | null} granted */
  show(from, to, lanes, marks, granted = null) {
    this.from = from;
    this.to = to;
    const svg = draw("svg", { width: "100%", height: LANE * Math.max(1, lanes.length) + 12, "aria-hidden": "true" });
    const percent = (at) => `${(100 * (at - from)) / (to - from)}%`;
    const box = (start, end, y, height, kind) => {
      const [first, last] = [Math.max(start, from), Math.min(end, to)];
      if (last > first) {
        const width = `${(100 * (last - first)) / (to - from)}%`;
        svg.append(draw("rect", { class: kind, x: percent(first), width, y, height }));
      }
    };
    if (granted) {
      box(granted[0], granted[1], 0, "100%", "granted");
    }
    lanes.forEach((lane, number) => {
      svg.append(draw("rect", { class: "lane", x: 0, width: "100%", y: number * LANE + 8, height: LANE - 3 }));
      for (const [start, end] of lane.ranges) {
        box(start, end, number * LANE + 8, LANE - 3, "recorded");
      }
      // Before its limit nothing is shown any more, destroyed or not (law L-04).
      if (lane.kept > from) {
        box(from, lane.kept, number * LANE + 8, LANE - 3, "purged");
        svg.append(draw("line", { class: "mark limit", x1: percent(Math.min(lane.kept, to)), x2: percent(Math.min(lane.kept, to)), y1: number * LANE + 5, y2: (number + 1) * LANE + 8 }));
      }
    });
    for (const mark of marks) {
      if (mark.at >= from && mark.at < to) {
        svg.append(draw("line", { class: `mark ${mark.kind}`, x1: percent(mark.at), x2: percent(mark.at), y1: 0, y2: "100%" }));
      }
    }
    svg.append(this._hand);
    this.element.replaceChildren(svg);
    this.element.setAttribute("aria-valuemax", String(Math.round((to - from) / 1000)));
    this.move(this.at);
  }

  /** @param {number} at */
  move(at) {
    this.at = at;
    const place = `${(100 * (at - this.from)) / (this.to - this.from)}%`;
    this._hand.setAttribute("x1", place);
    this._hand.setAttribute("x2", place);
    const second = String(Math.round((at - this.from) / 1000));
    if (this.element.getAttribute("aria-valuenow") !== second) {
      this.element.setAttribute("aria-valuenow", second);
      this.element.setAttribute("aria-valuetext", this.words(at));
    }
  }

  _pointed(event) {
    const { left, width } = this.element.getBoundingClientRect();
    this._chosen(this.from + ((event.clientX - left) / width) * (this.to - this.from));
  }

  _key(event) {
    const step = (this.to - this.from) / 60;
    const steps = { ArrowLeft: -5000, ArrowRight: 5000, ArrowUp: 5000, ArrowDown: -5000, PageUp: step, PageDown: -step };
    const to = { Home: this.from, End: this.to }[event.key] ?? (event.key in steps ? this.at + steps[event.key] : null);
    if (to !== null) {
      event.preventDefault();
      event.stopPropagation();
      this._chosen(to);
    }
  }
}
