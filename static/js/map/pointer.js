import { SYMBOL_ZOOM } from './estate.js';

/** What lies under the pointer: alerts first, then crews, then cameras. */
export class Pointer {
  /**
   * @param {import("maplibre-gl").Map} map
   * @param {import("./overlay.js").Overlay} overlay
   * @param {{options: import("./map.js").MapOptions, redraw: () => void}} room
   */
  constructor(map, overlay, { options, redraw }) {
    Object.assign(this, { map, overlay, options, redraw });
    map.on('movestart', () => this.#over(null));
    map.on('click', (event) => this.#click(event));
    map.on('mousemove', (event) => this.#hover(event));
    map.on('mouseout', () => this.#over(null));
  }

  #click({ point }) {
    const incident = this.overlay.incidentAt(point);
    if (incident !== null) return this.options.onSelect?.(incident);
    const unit = this.overlay.unitAt(point);
    if (unit && this.options.onUnitClick) return this.options.onUnitClick(unit);
    const camera = this.#cameraAt(point);
    if (camera) this.options.onCameraClick?.(camera.properties);
    return undefined;
  }

  #cameraAt({ x, y }) {
    const layers = ['cameras', 'camera-dots', 'camera-unwell'].filter((id) => this.map.getLayer(id));
    const box = [[x - 7, y - 7], [x + 7, y + 7]];
    return layers.length ? this.map.queryRenderedFeatures(box, { layers })[0] : undefined;
  }

  #hover({ point }) {
    const overIncident = this.overlay.incidentAt(point) !== null;
    const near = !overIncident && !this.map.isMoving() && this.map.getZoom() >= SYMBOL_ZOOM;
    const camera = near ? this.#cameraAt(point) : undefined;
    this.map.getCanvas().style.cursor = overIncident || camera ? 'pointer' : '';
    this.#over(camera ?? null);
  }

  #over(camera) {
    const text = camera ? `${camera.properties.code} · ${camera.properties.name}` : null;
    if (text === (this.overlay.hover?.text ?? null)) return;
    this.overlay.hover = camera && { text, lngLat: camera.geometry.coordinates };
    this.redraw();
  }
}
