/** The operator's own tiles over the map: cameras placed by hand, layouts the room keeps, what goes on its wall. */
import { Board } from "../pictures/board.js";
import { el, mark, say } from "../room/elements.js";
import { stateLabel } from "../room/estate.js";
import { faultsOf } from "../room/faults.js";
import { part } from "../room/page.js";
import { fill, gettext, ngettext } from "../room/words.js";
import * as cells from "./cells.js";
import { post, read, Refused } from "./door.js";
import { layoutBar } from "./layout_bar.js";

const KEPT = "nice:mosaic";
const READ_SOON = 400;
const CAMERA = "application/x-nice-camera";

/** What this browser had before. @returns {{cells: import("./cells.js").Cell[], name: string, open: boolean}} */
function kept() {
  try {
    const had = JSON.parse(localStorage.getItem(KEPT) ?? "");
    if (cells.SIZES.includes(had.cells.length)) return had;
  } catch {
    // Never kept, or not by this version.
  }
  return { cells: cells.blank(4), name: "", open: false };
}

export class Mosaic {
  /** @param {any} room */
  constructor(room) {
    this.room = room;
    Object.assign(this, kept());
    /** @type {{layouts: any[], tours: any[], wall: any, room: string}} */
    this.known = { layouts: [], tours: [], wall: null, room: "" };
    this.grid = el("div", { class: "mosaic-grid" });
    this.bar = layoutBar(this);
    this.root = el("section", { class: "mosaic", "aria-label": gettext("My tiles"), hidden: true }, this.bar.root, this.grid);
    document.querySelector(".ground").append(this.root);
    this.board = new Board({ root: this.grid, now: () => room.clock.now(), screen: "room" });
    room.pictures.boards.push(this.board);
    this.button = part("mosaic");
    this.button.addEventListener("click", () => this.toggle());
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.grid.addEventListener("dblclick", ({ target }) => room.pictures.enlarge(target));
    for (const tiles of [this.grid, part("tiles")]) this.watchHands(tiles);
    this.readLayouts();
    if (this.open) this.show();
  }

  get size() {
    return this.cells.length;
  }

  // Shown or not

  toggle() {
    if (this.open) this.close();
    else this.show();
  }

  show() {
    this.open = true;
    this.root.hidden = false;
    this.draw();
  }

  /** @returns {boolean} whether it was open */
  close() {
    if (!this.open) return false;
    this.open = false;
    const inside = this.root.contains(document.activeElement);
    this.root.hidden = true;
    this.draw();
    if (inside) this.button.focus();
    return true;
  }

  // The arrangement

  /** @param {import("./cells.js").Cell[] | null} arranged null: there was no room for it */
  arrange(arranged) {
    if (!arranged) {
      this.tell(gettext("No tile is free: choose a larger layout, or take a camera out."));
      return;
    }
    this.cells = arranged;
    this.show();
  }

  /** @param {number} size */
  resize(size) {
    this.name = "";
    this.arrange(cells.resize(this.cells, size));
  }

  /** @param {string} code @param {number} [place] from 0 */
  put(code, place) {
    const wanted = cells.SIZES.find((size) => size > (place ?? 0)) ?? this.size;
    const roomy = place === undefined || place < this.size ? this.cells : cells.resize(this.cells, wanted);
    this.arrange(cells.put(roomy, code, place));
  }

  putTour(id) {
    this.arrange(cells.putTour(this.cells, id));
  }

  /** @param {any} layout one the room keeps */
  load(layout) {
    this.name = layout.name;
    this.arrange(cells.resize(layout.cells, layout.size));
  }

  /** The estate was read: the tiles say how their cameras are called. */
  namesCame() {
    if (this.open) this.drawTiles();
    this.board.place();
  }

  // What the room keeps

  readLayoutsSoon() {
    this.timer ??= setTimeout(() => this.readLayouts(), READ_SOON);
  }

  async readLayouts() {
    this.timer = null;
    try {
      this.known = await read(this.room.config.urls.layouts);
    } catch {
      return; // said by the bar of the room; read again with the next fact
    }
    this.bar.draw();
    if (this.open) this.draw();
  }

  /** @param {() => Promise<any>} act @param {string} done */
  async ask(act, done) {
    try {
      await act();
      this.tell(done);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.tell(refused.message);
    }
    await this.readLayouts();
  }

  save(name) {
    const { urls } = this.room.config;
    return this.ask(async () => {
      await post(urls.save_layout, { name, size: this.size, cells: this.cells });
      this.name = name;
    }, fill(gettext("Layout kept: %(name)s"), { name }));
  }

  /** @param {"layout" | "tour"} kind @param {{id: number, name: string}} one */
  removeKept(kind, { id, name }) {
    const { urls } = this.room.config;
    const door = kind === "layout" ? urls.save_layout : urls.save_tour;
    return this.ask(async () => {
      await post(`${door}${id}/remove/`, {});
      if (kind === "layout") this.name = "";
      else this.cells = this.cells.map((cell) => (cell?.tour === id ? null : cell));
    }, fill(gettext("No longer kept: %(name)s"), { name }));
  }

  /** On the wall of the room, for all to see. */
  push() {
    const { urls } = this.room.config;
    const name = this.name || gettext("Without a name");
    return this.ask(() => post(urls.push, { name, size: this.size, cells: this.cells }), fill(gettext("On the wall: %(name)s"), { name }));
  }

  clearWall() {
    return this.ask(() => post(this.room.config.urls.push, { size: 0 }), gettext("The wall follows the alerts alone"));
  }

  /** What the tours of this room showed today, against what was planned by now. */
  async tellTours() {
    try {
      const { tours } = await read(this.room.config.urls.tours_report);
      const told = tours.map(({ tour, planned, made }) => fill(ngettext("%(tour)s: %(made)s look of %(planned)s", "%(tour)s: %(made)s looks of %(planned)s", made), { tour, made, planned }));
      this.tell(told.length ? `${gettext("Today")} · ${told.join(" · ")}` : gettext("This room has no tour."));
    } catch {
      this.tell(gettext("The centre does not answer."));
    }
  }

  /** The chosen alert's cameras leave the wall. */
  giveBack() {
    const incident = this.room.row(this.room.selected)?.incident_id;
    if (!incident) {
      this.tell(gettext("Choose the alert whose tiles are to be given back."));
      return Promise.resolve();
    }
    return this.ask(() => post(this.room.config.urls.give_back, { incident }), gettext("The wall's tiles are given back"));
  }

  /**
   * The cameras in tiles, in their order.
   * @param {{name: string, purpose: string, seconds: number, together: number, hours: import("./hours.js").Hours[]}} tour
   */
  saveTour({ name, purpose, seconds, together, hours }) {
    const stops = cells.stops(this.cells, together, seconds);
    return this.ask(() => post(this.room.config.urls.save_tour, { name, purpose, stops, hours }), fill(gettext("Tour kept: %(name)s"), { name }));
  }

  // What is drawn

  draw() {
    localStorage.setItem(KEPT, JSON.stringify({ cells: this.cells, name: this.name, open: this.open }));
    mark(this.button, "aria-pressed", String(this.open));
    this.bar.draw();
    if (this.open) this.drawTiles();
    this.board.want(this.open ? this.cells.flatMap((cell) => (cell?.camera
      ? [{ group: "watch", code: cell.camera, reason: { kind: "watch" }, smart: !cell.live }] : [])) : []);
  }

  drawTiles() {
    const focused = this.grid.contains(document.activeElement) ? document.activeElement.closest("[data-place]")?.dataset.place : null;
    this.grid.style.setProperty("--side", String(Math.sqrt(this.size)));
    this.grid.replaceChildren(...this.cells.map((cell, place) => this.tile(cell, place)));
    if (focused) this.focus(Number(focused));
  }

  tile(cell, place) {
    const camera = cell?.camera ? this.room.estate.list.find(({ code }) => code === cell.camera) : null;
    const tour = cell?.tour ? this.known.tours.find(({ id }) => id === cell.tour) : null;
    const name = cell?.camera ? [cell.camera, camera?.name].filter(Boolean).join(" · ") : tour ? fill(gettext("Tour %(name)s"), { name: tour.name }) : gettext("free");
    const late = camera && camera.state !== "live" ? stateLabel(camera.state) : faultsOf(camera);
    const root = el("section", {
      class: `tile mine${cell ? "" : " vacant"}`, tabindex: "0", draggable: cell ? "true" : null,
      "data-place": place, "data-camera": cell?.camera, "data-group": cell?.camera ? "watch" : null,
      "aria-label": fill(gettext("Tile %(n)s: %(what)s"), { n: place + 1, what: name }),
    },
      el("span", { class: "top" }, el("b", null, el("i", { class: "n" }, String(place + 1)), " ", name), cell && this.handles(cell, place)),
      cell?.camera ? null : el("p", { class: "hint middle" }, cell ? gettext("Its stops are shown on the wall.") : this.size > 9 ? `/c 885 ${place + 1}` : fill(gettext("Drop a camera here, or /c 885 %(n)s"), { n: place + 1 })),
      late ? el("span", { class: "bot" }, el("span", { class: "late" }, late)) : null);
    this.draggable(root, cell, place);
    return root;
  }

  handles(cell, place) {
    return el("span", { class: "handles" },
      cell.camera && el("button", {
        type: "button", class: "btn small", "aria-pressed": String(Boolean(cell.live)), title: `${gettext("Stays live while nothing moves")} (Z)`,
        onclick: () => this.arrange(cells.turnLive(this.cells, place)),
      }, gettext("Live")),
      el("button", { type: "button", class: "btn small square", "aria-label": gettext("Take it out"), onclick: () => this.arrange(cells.remove(this.cells, place)) }, "✕"));
  }

  // Hands

  /** A camera is carried from tile to tile, from the alert's tiles, or from its card. */
  draggable(root, cell, place) {
    root.addEventListener("dragstart", ({ dataTransfer }) => {
      dataTransfer.setData(CAMERA, JSON.stringify({ code: cell?.camera, from: place }));
    });
    root.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes(CAMERA)) return;
      event.preventDefault();
      mark(root, "data-over", "yes");
    });
    root.addEventListener("dragleave", () => mark(root, "data-over", null));
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      const { code, from } = JSON.parse(event.dataTransfer.getData(CAMERA));
      this.arrange(from === undefined ? cells.put(this.cells, code, place) : cells.swap(this.cells, from, place));
    });
  }

  /** Under a hand nothing comes forward by itself; and what the alert's tiles show can be carried into one's own. */
  watchHands(tiles) {
    tiles.addEventListener("pointermove", () => this.room.eyes.touch());
    if (tiles === this.grid) return;
    tiles.addEventListener("dragstart", ({ target, dataTransfer }) => {
      const code = target.closest?.("[data-camera]")?.dataset.camera;
      if (code) dataTransfer.setData(CAMERA, JSON.stringify({ code }));
      setTimeout(() => this.show()); // the page must not change while the hand takes it up
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { target, key, shiftKey } = event;
    if (!(target instanceof HTMLElement) || !target.matches("[data-place]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = Number(target.dataset.place);
    if (key.startsWith("Arrow")) {
      const to = cells.beside(place, key, this.size);
      if (shiftKey && to !== place) this.arrange(cells.swap(this.cells, place, to));
      this.focus(to);
    } else if (key === "Delete" || key === "Backspace") this.arrange(cells.remove(this.cells, place));
    else if (key.toUpperCase() === "Z") this.arrange(cells.turnLive(this.cells, place));
    else if (key !== "Enter" || !this.room.pictures.enlarge(target)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  focus(place) {
    /** @type {HTMLElement | null} */ (this.grid.querySelector(`[data-place="${place}"]`))?.focus();
  }

  tell(text) {
    say(this.bar.said, text);
  }
}
