/** Pictures in the operators' room: those of the chosen incident in its tiles, one of them large over the map. */
import { Board, forIncident } from "./board.js";
import { Large } from "./large.js";

const MOST = 4;

export class RoomPictures {
  /** @param {{tiles: HTMLElement, ground: HTMLElement, now: () => number}} options */
  constructor({ tiles, ground, now }) {
    this.board = new Board({ root: tiles, now, screen: "room" });
    /** Where pictures may be found: the alert's tiles, and the operator's own. */
    this.boards = [this.board];
    this.large = new Large(ground, { now });
    this.names = new Map();
    /** Where the place lies from each camera: a 360° picture is opened on it. */
    this.bearings = new Map();
    tiles.addEventListener("dblclick", ({ target }) => this.enlarge(target));
    tiles.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.enlarge(event.target)) event.preventDefault();
    });
  }

  /** @param {any | null} incident the one chosen, as the store knows it */
  follow(incident) {
    const open = incident?.incident_id && !incident.closed_at;
    const orders = open ? incident.orders.slice(0, MOST) : [];
    for (const { code, name, bearing_deg: bearing } of orders) {
      this.names.set(code, name);
      this.bearings.set(code, bearing);
    }
    this.board.want(orders.map(({ code }) => forIncident(incident.incident_id, code)));
    if (this.large.isOpen && !this.large.own && !this.find(this.large.code)) this.large.close();
  }

  /** @param {EventTarget | null} target @returns {boolean} */
  enlarge(target) {
    const tile = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-camera]")) : null;
    const code = tile?.dataset.camera;
    const look = code && this.find(code)?.look;
    if (!code || !look) return false;
    this.large.open({ code, name: this.names.get(code) ?? "", look, bearing: this.bearings.get(code) });
    return true;
  }

  /** @param {string} code */
  find(code) {
    return this.boards.map((board) => board.find(code)).find(Boolean) ?? null;
  }

  /** The first camera that shows something. @returns {string | undefined} */
  first() {
    return [...this.board.shown.values()].find(({ picture }) => picture.view.at !== null)?.wanted.code;
  }

  /** Of when the picture of this camera is, UTC ms. @param {string} code @returns {number | null} */
  at(code) {
    const picture = this.large.isOpen && this.large.code === code ? this.large.picture : this.find(code)?.picture;
    return picture?.view.at ?? null;
  }

  /** Escape. @returns {boolean} whether something was large */
  leave() {
    return this.large.close();
  }
}
