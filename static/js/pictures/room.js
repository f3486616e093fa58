/** Pictures in the operators' room: those of the chosen incident in its tiles, one of them large over the map. */
import { Board, forIncident } from "./board.js";
import { Large } from "./large.js";

const MOST = 4;

export class RoomPictures {
  /** @param {{tiles: HTMLElement, ground: HTMLElement, now: () => number}} options */
  constructor({ tiles, ground, now }) {
    this.board = new Board({ root: tiles, now, screen: "room" });
    this.large = new Large(ground, { now });
    this.names = new Map();
    tiles.addEventListener("dblclick", ({ target }) => this.enlarge(target));
    tiles.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.enlarge(event.target)) event.preventDefault();
    });
  }

  /** @param {any | null} incident the one chosen, as the store knows it */
  follow(incident) {
    const open = incident?.incident_id && !incident.closed_at;
    const orders = open ? incident.orders.slice(0, MOST) : [];
    for (const { code, name } of orders) this.names.set(code, name);
    this.board.want(orders.map(({ code }) => forIncident(incident.incident_id, code)));
    if (this.large.isOpen && !this.large.own && !orders.some(({ code }) => code === this.large.code)) this.large.close();
  }

  /** @param {EventTarget | null} target @returns {boolean} */
  enlarge(target) {
    const tile = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-camera]")) : null;
    const code = tile?.dataset.camera;
    const look = code && this.board.find(code)?.look;
    if (!code || !look) return false;
    this.large.open({ code, name: this.names.get(code) ?? "", look });
    return true;
  }

  /** Escape. @returns {boolean} whether something was large */
  leave() {
    return this.large.close();
  }
}
