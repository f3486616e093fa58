import { circle, cone } from './geo.js';

/** How far around the alert the eye should look. */
const AROUND_M = 110;
/** Half the width a camera should hold in view at the alert. */
const HALF_WIDTH_M = 16;

function trace(overlay, ring) {
  const { ctx } = overlay;
  ctx.beginPath();
  ring.forEach((lngLat, i) => {
    const { x, y } = overlay.at(lngLat);
    if (i) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
  });
  ctx.closePath();
}

function fillAndLine(ctx, colour, fill, line) {
  ctx.globalAlpha = fill;
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.globalAlpha = line;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** The angle that keeps the alert and a little around it in the picture. */
export function opening(distance) {
  const angle = (2 * Math.atan2(HALF_WIDTH_M, Math.max(distance, 1)) * 180) / Math.PI;
  return Math.min(50, Math.max(6, angle));
}

/** Ring around the alert, a cone from each chosen camera, then the cameras themselves. */
export function drawFocus(overlay, { incident, orders }) {
  const { ctx, colours: c } = overlay;
  trace(overlay, circle([incident.lon, incident.lat], AROUND_M));
  fillAndLine(ctx, c[`p${incident.priority}`], 0.1, 0.36);
  drawEyes(overlay, orders.map((order) => ({
    id: order.camera_id, code: order.code, lat: order.lat, lon: order.lon, bearing: order.bearing_deg,
    opening: opening(order.distance_m), reach: order.distance_m + 10,
  })));
}

/** @typedef {{id: number, code: string, lat: number, lon: number, bearing: number, opening: number, reach: number}} Eye */

/** A cone from each camera, then the cameras themselves. @param {Eye[]} eyes */
export function drawEyes(overlay, eyes) {
  const { ctx, colours: c } = overlay;
  for (const eye of eyes) {
    trace(overlay, cone([eye.lon, eye.lat], eye.bearing, eye.opening, eye.reach));
    fillAndLine(ctx, c.act, 0.14, 0.5);
  }
  for (const eye of eyes) {
    const { x, y } = overlay.at([eye.lon, eye.lat]);
    ctx.beginPath();
    ctx.arc(x, y, 7, 0, Math.PI * 2);
    ctx.fillStyle = c.cameraFill;
    ctx.fill();
    ctx.strokeStyle = c.act;
    ctx.lineWidth = 2;
    ctx.stroke();
    const away = eye.bearing > 180 ? 1 : -1;
    overlay.inks.write(ctx, eye.code, x + away * 12, y, c.act, c.plate, 12, 600, away > 0 ? 'left' : 'right');
  }
}
