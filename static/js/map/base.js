import * as maplibre from '../../vendor/maplibre-gl/maplibre-gl.mjs';
import { buildTilesStyle } from './tiles_style.js';

/** What the browser can draw, and the base the centre configured. */

/** Whether this browser can draw the map at all. */
export function canDraw() {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return Boolean(context);
}

/** @param {import("maplibre-gl").Map} map */
export function isSoftware(map) {
  const gl = map.getCanvas().getContext('webgl2');
  const about = gl?.getExtension('WEBGL_debug_renderer_info');
  const renderer = about ? gl.getParameter(about.UNMASKED_RENDERER_WEBGL) : '';
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

let tiles;

/**
 * The base the centre configured, or nothing for the drawn one.
 * @param {import('./map.js').MapOptions} options
 * @param {"night"|"day"} theme
 */
export async function configuredStyle({ styleUrl, pmtilesUrl }, theme) {
  if (styleUrl) {
    const answer = await fetch(styleUrl);
    if (!answer.ok) throw new Error(`${styleUrl}: ${answer.status}`);
    return answer.json();
  }
  if (!pmtilesUrl) return undefined;
  const { PMTiles, Protocol } = await import('../../vendor/pmtiles/pmtiles.mjs');
  const url = new URL(pmtilesUrl, location.href).href;
  await new PMTiles(url).getHeader();
  tiles ??= new Protocol();
  maplibre.addProtocol('pmtiles', tiles.tile);
  return buildTilesStyle({ theme, url });
}
