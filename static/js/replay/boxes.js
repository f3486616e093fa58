/** Where software saw something, drawn over the picture of that moment: corners are fractions of the picture. */

const SVG = "http://www.w3.org/2000/svg";
const LASTS_MS = 1500;

/**
 * The box to draw at a moment: between two sightings it moves along, and after the last it stays for a moment.
 * @param {{at: number, box: number[]}[]} boxes in order
 * @param {number} at ms since 1970
 * @returns {number[] | null} x, y, width, height
 */
export function boxAt(boxes, at) {
  const next = boxes.findIndex((one) => one.at >= at);
  const last = boxes.at(next === -1 ? -1 : next - 1);
  if (next === -1) return last && at - last.at <= LASTS_MS ? last.box : null;
  if (next === 0) return boxes[0].at - at <= LASTS_MS ? boxes[0].box : null;
  const before = boxes[next - 1];
  const gap = boxes[next].at - before.at;
  if (gap > 2 * LASTS_MS && at - before.at > LASTS_MS && boxes[next].at - at > LASTS_MS) return null;
  const share = gap ? (at - before.at) / gap : 1;
  return before.box.map((value, part) => value + (boxes[next].box[part] - value) * share);
}

export class Boxes {
  /** @param {HTMLElement} figure @param {{at: number, box: number[]}[]} boxes */
  constructor(figure, boxes) {
    Object.assign(this, { figure, boxes });
    this.video = figure.querySelector("video");
    this.drawing = document.createElementNS(SVG, "svg");
    this.drawing.setAttribute("class", "boxes");
    this.drawing.setAttribute("aria-hidden", "true");
    this.rect = document.createElementNS(SVG, "rect");
    this.drawing.append(this.rect);
    figure.append(this.drawing);
  }

  /** @param {number} at */
  show(at) {
    const { videoWidth: width, videoHeight: height } = this.video;
    const box = width ? boxAt(this.boxes, at) : null;
    this.rect.style.display = box ? "" : "none";
    if (!box) return;
    // Like the picture: whole, in the middle.
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const [x, y, across, down] = box;
    for (const [name, value] of Object.entries({ x: x * width, y: y * height, width: across * width, height: down * height })) {
      this.rect.setAttribute(name, String(value));
    }
  }

  close() {
    this.drawing.remove();
  }
}
