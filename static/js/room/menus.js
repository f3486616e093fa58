/** The room's small windows: help, sound, the seat's menu, a camera on the map; and what the command bar runs. */
import { lockNow } from "../accounts/idle-lock.js";
import { closeMenu } from "../desk/menu.js";
import { el, say } from "./elements.js";
import { metres } from "./format.js";
import { conditionOf } from "./estate.js";
import { back } from "./hands.js";
import { part } from "./page.js";
import { gettext } from "./words.js";

export class Menus {
  /** @param {any} room */
  constructor(room) {
    this.room = room;
    part("help-button").addEventListener("click", () => this.help());
    part("theme").addEventListener("click", () => this.theme());
    part("sound").addEventListener("click", () => this.sound());
    part("command-open").addEventListener("click", () => this.room.command.open());
    for (const button of document.querySelectorAll("[data-layer]")) {
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(this.room.ground.map.toggleLayer(button.dataset.layer)));
      });
    }
    for (const button of document.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.room.ground.map.zoomBy(Number(button.dataset.zoom)));
    }
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    }
    part("lock").addEventListener("click", () => back(this.room));
  }

  help() {
    const dialog = part("help");
    if (dialog.open) dialog.close();
    else dialog.showModal();
  }

  theme() {
    document.documentElement.dispatchEvent(new Event("nice:theme"));
    this.room.ground.map.setTheme(document.documentElement.dataset.theme);
  }

  /** The first click lets the browser sound; after that it opens the volume. */
  sound() {
    const box = part("sound-box");
    if (this.room.sounds.state === "blocked") this.room.sounds.allow();
    else box.hidden = !box.hidden;
    part("sound").setAttribute("aria-expanded", String(!box.hidden));
  }

  /** Close the topmost small window. @returns {boolean} whether there was one */
  close() {
    if (!part("sound-box").hidden) {
      this.sound();
      part("sound").focus();
      return true;
    }
    if (closeMenu()) return true;
    if (!part("camera").hidden) {
      part("camera").hidden = true;
      return true;
    }
    return false;
  }

  /** @param {any} camera GeoJSON properties, or one of the estate's */
  showCamera(camera) {
    const box = part("camera");
    box.hidden = false;
    box.replaceChildren(
      el("b", null, `${camera.code} · ${camera.name}`),
      el("span", null, [conditionOf(this.room.estate.cameras.get(camera.id) ?? camera), camera.range_m ? metres(camera.range_m) : null].filter(Boolean).join(" · ")),
      el("button", { type: "button", class: "btn", onclick: () => this.room.mosaic.put(camera.code) }, gettext("In a tile")),
      el("button", { type: "button", class: "btn quiet", "aria-label": gettext("Dismiss"), onclick: () => { box.hidden = true; } }, "✕"),
    );
  }

  /** Go to a camera on the map and say which it is. @param {{lat: number, lon: number, camera_id: number}} order */
  lookAt({ lat, lon, camera_id: id }) {
    this.room.ground.goTo({ lat, lon });
    const camera = this.room.estate.cameras.get(id);
    if (camera) this.showCamera(camera);
  }

  /** @param {import("./commands.js").Proposal} proposal */
  run({ act, target }) {
    const acts = {
      select: () => this.room.select(target),
      past: () => {
        this.room.select(`i${target.key}`);
        this.room.ground.goTo(target);
      },
      camera: () => this.lookAt({ ...target, camera_id: target.id }),
      place: () => this.room.ground.goTo(target),
      theme: () => this.theme(),
      mute: () => this.room.sounds.mute(),
      lock: () => lockNow(),
      wall: () => globalThis.open(part("wall")?.href ?? "/console/wall/", "wall"),
      help: () => this.help(),
      tiles: () => this.room.mosaic.toggle(),
      size: () => this.room.mosaic.resize(target),
      layout: () => this.room.mosaic.load(target),
      put: () => this.room.mosaic.put(target.code, target.place),
      push: () => this.room.mosaic.push(),
      giveBack: () => this.room.mosaic.giveBack(),
      bookmark: () => this.room.marking.begin(),
      follow: () => this.room.steering.startFollowing(),
      tour: () => this.room.steering.startTour(target ?? ""),
    };
    acts[act]?.();
  }

  /** The session is over, or the right is gone: said, and nothing typed is thrown away without a word. */
  ended(why) {
    const dialog = part("ended");
    say(part("ended-words"), why === "forbidden"
      ? gettext("Your right to open this room has ended. Ask the shift lead.")
      : gettext("Your session has ended. What you see no longer changes."));
    if (!dialog.open) dialog.showModal();
    if (why === "signed-out" && !this.room.panel.writing) location.assign(dialog.dataset.signIn);
  }
}
