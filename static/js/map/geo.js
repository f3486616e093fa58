/** Distances, bearings and small shapes on the ground; everything in degrees WGS-84 and metres. */

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;

/** @typedef {[number, number]} LngLat longitude first, as in GeoJSON */

/**
 * The point reached from `from` after `metres` towards `bearing`.
 * @param {LngLat} from
 * @param {number} bearing degrees clockwise from north
 * @param {number} metres
 * @returns {LngLat}
 */
export function destination([lon, lat], bearing, metres) {
  const angle = metres / EARTH_M;
  const lat1 = lat * RAD;
  const turn = bearing * RAD;
  const lat2 = Math.asin(
    Math.sin(lat1) * Math.cos(angle) + Math.cos(lat1) * Math.sin(angle) * Math.cos(turn),
  );
  const dLon = Math.atan2(
    Math.sin(turn) * Math.sin(angle) * Math.cos(lat1),
    Math.cos(angle) - Math.sin(lat1) * Math.sin(lat2),
  );
  return [lon + dLon / RAD, lat2 / RAD];
}

/**
 * @param {LngLat} a
 * @param {LngLat} b
 * @returns {number} metres
 */
export function distance([lon1, lat1], [lon2, lat2]) {
  const half =
    Math.sin(((lat2 - lat1) * RAD) / 2) ** 2 +
    Math.cos(lat1 * RAD) * Math.cos(lat2 * RAD) * Math.sin(((lon2 - lon1) * RAD) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(half));
}

/**
 * @param {LngLat} a
 * @param {LngLat} b
 * @returns {number} degrees clockwise from north, 0 to 360
 */
export function bearing([lon1, lat1], [lon2, lat2]) {
  const dLon = (lon2 - lon1) * RAD;
  const y = Math.sin(dLon) * Math.cos(lat2 * RAD);
  const x =
    Math.cos(lat1 * RAD) * Math.sin(lat2 * RAD) -
    Math.sin(lat1 * RAD) * Math.cos(lat2 * RAD) * Math.cos(dLon);
  return (Math.atan2(y, x) / RAD + 360) % 360;
}

/**
 * A closed ring: the sector seen from `apex` around `azimuth`, or a whole circle from 360° on.
 * @param {LngLat} apex
 * @param {number} azimuth
 * @param {number} opening whole angle in degrees
 * @param {number} range metres
 * @returns {LngLat[]}
 */
export function cone(apex, azimuth, opening, range) {
  if (opening >= 360) return circle(apex, range);
  const steps = Math.max(3, Math.ceil(opening / 8));
  const arc = Array.from({ length: steps + 1 }, (_, i) =>
    destination(apex, azimuth - opening / 2 + (opening * i) / steps, range),
  );
  return [apex, ...arc, apex];
}

/**
 * @param {LngLat} centre
 * @param {number} radius metres
 * @param {number} [steps]
 * @returns {LngLat[]} a closed ring
 */
export function circle(centre, radius, steps = 48) {
  const ring = Array.from({ length: steps }, (_, i) => destination(centre, (360 * i) / steps, radius));
  return [...ring, ring[0]];
}

/**
 * The turn from one heading to another by the shorter side, in degrees from -180 to 180.
 * @param {number} from
 * @param {number} to
 */
export function turn(from, to) {
  return ((((to - from) % 360) + 540) % 360) - 180;
}
