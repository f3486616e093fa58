/** How far a camera still has so many pixels per metre: the same formulas as cameras/optics.py. */

/** Classes of picture of IEC 62676-4:2014, pixels per metre at the target, widest ring first. */
export const BANDS = [
  { name: 'detect', from: 25 },
  { name: 'observe', from: 62 },
  { name: 'recognise', from: 125 },
  { name: 'identify', from: 250 },
];

const RAD = Math.PI / 180;

/**
 * @typedef {object} Eye
 * @property {string} kind
 * @property {number} widthPx
 * @property {number} hfovDeg widest angle of view
 * @property {number} hfovTeleDeg narrowest angle of view
 * @property {number} heightM
 * @property {number} rangeM
 */

/** Metres along the line of sight at which the density falls to this; a dome zooms in for it. */
export function slantReachM(eye, pxPerM) {
  if (eye.kind === 'panoramic') return eye.widthPx / (2 * Math.PI * pxPerM);
  const hfov = eye.kind === 'dome' ? eye.hfovTeleDeg : eye.hfovDeg;
  return eye.widthPx / (2 * pxPerM * Math.tan((hfov * RAD) / 2));
}

/** The same on the ground, no farther than the range; 0 when the mast alone is longer than the reach. */
export function groundReachM(eye, pxPerM) {
  const slant = slantReachM(eye, pxPerM);
  const ground = slant > eye.heightM ? Math.sqrt(slant ** 2 - eye.heightM ** 2) : 0;
  return Math.min(ground, eye.rangeM);
}

/** The angle it covers without being touched: a dome turns, so it covers all round. */
export function coveredDeg(eye) {
  return eye.kind === 'dome' || eye.kind === 'panoramic' ? 360 : Math.min(eye.hfovDeg, 360);
}

/** Whether the numbers make a camera at all; while somebody types they may not. */
export function isWhole(eye) {
  const numbers = [eye.widthPx, eye.hfovDeg, eye.hfovTeleDeg, eye.heightM, eye.rangeM];
  const flat = eye.kind === 'panoramic' || (eye.hfovDeg < 180 && eye.hfovTeleDeg < 180);
  return numbers.every(Number.isFinite) && eye.widthPx > 0 && eye.hfovDeg > 0 && eye.hfovTeleDeg > 0 && eye.rangeM > 0 && flat;
}
