/** Where the round picture of a 360° camera lies in its frame: found in the picture, so nobody has to set it. */

const DARK = 28;
const SHORTEST = 0.3;
const WORST = 0.02;

/** @typedef {{x: number, y: number, radius: number}} Circle in picture points, y down */

/**
 * Points where the dark surround ends, row by row. A row whose picture reaches the edge of the frame tells nothing.
 * @param {Uint8ClampedArray} rgba @returns {[number, number][]}
 */
function rim(rgba, width, height) {
  const points = [];
  for (let y = 0; y < height; y += 1) {
    const row = y * width * 4;
    const bright = (x) => Math.max(rgba[row + x * 4], rgba[row + x * 4 + 1], rgba[row + x * 4 + 2]) > DARK;
    let left = 0;
    let right = width - 1;
    while (left < width && !bright(left)) left += 1;
    while (right > left && !bright(right)) right -= 1;
    if (left > 1 && right < width - 2 && right - left > width * SHORTEST) points.push([left, y], [right + 1, y]);
  }
  return points;
}

/** The circle nearest to these points (least squares of x² + y² + ax + by + c). @param {[number, number][]} points */
function fitted(points) {
  const sums = Array.from({ length: 3 }, () => [0, 0, 0, 0]);
  for (const [x, y] of points) {
    const row = [x, y, 1, -(x * x + y * y)];
    for (let i = 0; i < 3; i += 1) for (let j = 0; j < 4; j += 1) sums[i][j] += row[i] * row[j];
  }
  for (let i = 0; i < 3; i += 1) {
    const pivot = sums[i][i];
    if (Math.abs(pivot) < 1e-9) return null;
    for (let k = 0; k < 3; k += 1) {
      if (k === i) continue;
      const factor = sums[k][i] / pivot;
      for (let j = i; j < 4; j += 1) sums[k][j] -= factor * sums[i][j];
    }
  }
  const [a, b, c] = sums.map((row, i) => row[3] / row[i]);
  const radius = Math.sqrt((a * a + b * b) / 4 - c);
  return Number.isFinite(radius) ? { x: -a / 2, y: -b / 2, radius } : null;
}

const off = ({ x, y, radius }, [px, py]) => Math.abs(Math.hypot(px - x, py - y) - radius) / radius;

/**
 * @param {Uint8ClampedArray} rgba @param {number} width @param {number} height
 * @returns {Circle | null} null when no round picture is to be made out, by night for instance
 */
export function circleIn(rgba, width, height) {
  let points = rim(rgba, width, height);
  for (let round = 0; round < 4 && points.length >= height * 0.4; round += 1) {
    const circle = fitted(points);
    if (!circle || circle.radius < height * SHORTEST || circle.radius > width) return null;
    const sound = points.filter((point) => off(circle, point) <= WORST);
    if (sound.length >= points.length * 0.9) return circle;
    // What is dark inside the picture, or written beside it, is no rim: the outer points are.
    const kept = points.filter((point) => off(circle, point) <= WORST * 3);
    points = kept.length < points.length ? kept : sound;
  }
  return null;
}

/** As a lens that fills the frame would lie. @returns {Circle} */
export const middle = (width, height) => ({ x: width / 2, y: height / 2, radius: Math.min(width, height) / 2 });
