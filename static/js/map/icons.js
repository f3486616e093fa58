import { PALETTES } from './palette.js';

/** Symbols drawn when first needed; no image is downloaded. Size in CSS pixels, drawn twice as fine. */
const SIZE = 22;
const FINE = 2;

const TAU = Math.PI * 2;

function ring(ctx, radius, fill) {
  ctx.beginPath();
  ctx.arc(0, 0, radius, 0, TAU);
  if (fill) ctx.fill();
  ctx.stroke();
}

function polygon(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
  ctx.fill();
  ctx.stroke();
}

function stroke(ctx, ...points) {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.stroke();
}

/** Bodies point north; the map turns them to the camera's azimuth. */
const BODIES = {
  dome(ctx) {
    ring(ctx, 5, true);
    stroke(ctx, [0, -5], [0, -8.5]);
  },
  fixed(ctx) {
    polygon(ctx, [[-3.6, 5], [3.6, 5], [3.6, -1], [-3.6, -1]]);
    polygon(ctx, [[-2, -1], [2, -1], [4, -6], [-4, -6]]);
  },
  panoramic(ctx) {
    ring(ctx, 6.4, true);
    ring(ctx, 2.6, false);
  },
  thermal(ctx) {
    polygon(ctx, [0, 60, 120, 180, 240, 300].map((a) => {
      const turn = (a * Math.PI) / 180;
      return [6 * Math.sin(turn), -6 * Math.cos(turn)];
    }));
    stroke(ctx, [-2.4, 0], [2.4, 0]);
    stroke(ctx, [0, -6], [0, -9]);
  },
  third(ctx) {
    polygon(ctx, [[-4.8, -4.8], [4.8, -4.8], [4.8, 4.8], [-4.8, 4.8]]);
    stroke(ctx, [-1.8, 0], [1.8, 0]);
  },
};

/** A camera that should answer and does not: a cross, whatever its kind. */
function lost(ctx, c) {
  ctx.strokeStyle = c.cameraLost;
  ctx.lineWidth = 2;
  stroke(ctx, [-4.2, -4.2], [4.2, 4.2]);
  stroke(ctx, [4.2, -4.2], [-4.2, 4.2]);
}

/** A camera taken out of service on purpose: an empty ring with a bar. */
function out(ctx, c) {
  ctx.strokeStyle = c.cameraOut;
  ctx.setLineDash([2.2, 2]);
  ring(ctx, 5.4, true);
  ctx.setLineDash([]);
  stroke(ctx, [-3, 0], [3, 0]);
}

function site(ctx, c) {
  ctx.strokeStyle = c.site;
  polygon(ctx, [[-4.6, 5], [-4.6, -1], [0, -5.4], [4.6, -1], [4.6, 5]]);
}

function draw(ctx, name, c) {
  const [family, look] = name.split('/');
  ctx.fillStyle = c.cameraFill;
  ctx.strokeStyle = look === 'third' ? c.third : c.camera;
  if (family === 'site') site(ctx, c);
  else if (look === 'lost') lost(ctx, c);
  else if (look === 'out') out(ctx, c);
  else (BODIES[look] ?? BODIES.fixed)(ctx);
}

/**
 * The picture called `camera/dome/night`, `camera/lost/day`, `site/any/night`…
 * @param {string} id
 * @returns {{image: ImageData, pixelRatio: number} | null}
 */
export function icon(id) {
  const [family, look, theme] = id.split('/');
  const palette = PALETTES[theme];
  if (!palette || !['camera', 'site'].includes(family)) return null;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE * FINE;
  const ctx = canvas.getContext('2d');
  ctx.scale(FINE, FINE);
  ctx.translate(SIZE / 2, SIZE / 2);
  ctx.lineWidth = 1.5;
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  draw(ctx, `${family}/${look}`, palette);
  return { image: ctx.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: FINE };
}
