/** Bookmarks from the room: the moment a picture shows, under one of a few chosen words. Replay opens there. */
import { el } from "../room/elements.js";
import { time } from "../room/format.js";
import { part } from "../room/page.js";
import { fill, gettext } from "../room/words.js";
import { post, Refused } from "../wall/door.js";

export class Marking {
  /** @param {any} room */
  constructor(room) {
    this.room = room;
    this.dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: "marking", "aria-labelledby": "marking-title" }));
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    document.body.append(this.dialog);
    part("bookmark").addEventListener("click", () => this.begin());
  }

  /** The picture that is large, else the one of the tile with the focus, else the alert's first. */
  begin() {
    const { pictures, config } = this.room;
    const tile = /** @type {HTMLElement | null} */ (document.activeElement?.closest?.("[data-camera]"));
    const code = pictures.large.isOpen ? pictures.large.code : tile?.dataset.camera ?? pictures.first();
    const at = code ? pictures.at(code) : null;
    if (!config.bookmarks.length) this.room.tell(gettext("Bookmarks are for who may see pictures."));
    else if (!code || at === null) this.room.tell(gettext("No picture to bookmark: choose a tile that shows one."));
    else this.ask(code, at);
  }

  ask(code, at) {
    const title = fill(gettext("Bookmark %(camera)s at %(time)s"), { camera: code, time: time(at) });
    this.dialog.replaceChildren(
      el("h2", { class: "title", id: "marking-title" }, title),
      el("div", { class: "labels" }, this.room.config.bookmarks.map(([label, words], n) => el("button", {
        type: "button", class: "btn", "data-n": n + 1, onclick: () => this.keep(code, at, label),
      }, el("kbd", null, String(n + 1)), " ", words))),
      el("form", { method: "dialog" }, el("button", { class: "btn quiet" }, gettext("Back"), " ", el("kbd", null, gettext("Esc")))),
    );
    this.dialog.showModal();
  }

  /** @param {KeyboardEvent} event */
  key({ key, code }) {
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1] ?? key;
    /** @type {HTMLElement | null} */ (/^[1-9]$/.test(digit) ? this.dialog.querySelector(`[data-n="${digit}"]`) : null)?.click();
  }

  async keep(code, at, label) {
    this.dialog.close();
    try {
      await post(this.room.config.urls.bookmarks, { camera: code, at: new Date(at).toISOString(), label });
      this.room.tell(fill(gettext("Bookmark kept: %(camera)s, %(time)s"), { camera: code, time: time(at) }));
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.room.tell(refused.message);
    }
  }
}
