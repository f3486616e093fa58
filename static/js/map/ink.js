/** Words already drawn once, kept as small pictures: outlined text is the dearest thing to draw in software. */

const KEPT = 900;
const HALO = 3;

export class Inks {
  constructor() {
    /** @type {Map<string, {canvas: HTMLCanvasElement, width: number, height: number}>} */
    this.kept = new Map();
    globalThis.document?.fonts?.addEventListener('loadingdone', () => this.kept.clear());
  }

  /** Writes `text` vertically centred on `y`, with a halo that keeps it legible on anything. */
  write(ctx, text, x, y, colour, halo, size, weight, align = 'left') {
    const ink = this.#ink(text, colour, halo, size, weight);
    const left = align === 'left' ? x - HALO : x - ink.width + HALO;
    ctx.drawImage(ink.canvas, Math.round(left), Math.round(y - ink.height / 2), ink.width, ink.height);
  }

  #ink(text, colour, halo, size, weight) {
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
    const key = `${text}|${colour}|${size}|${weight}|${ratio}`;
    const found = this.kept.get(key);
    if (found) return found;
    if (this.kept.size > KEPT) this.kept.clear();
    const canvas = document.createElement('canvas');
    const font = `${weight} ${size}px "IBM Plex Sans", sans-serif`;
    let ctx = canvas.getContext('2d');
    ctx.font = font;
    const width = Math.ceil(ctx.measureText(text).width) + HALO * 2;
    const height = Math.ceil(size * 1.4) + HALO * 2;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    ctx = canvas.getContext('2d');
    ctx.scale(ratio, ratio);
    ctx.font = font;
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    ctx.lineWidth = HALO;
    ctx.strokeStyle = halo;
    ctx.globalAlpha = 0.85;
    ctx.strokeText(text, HALO, height / 2);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillText(text, HALO, height / 2);
    const ink = { canvas, width, height };
    this.kept.set(key, ink);
    return ink;
  }
}
