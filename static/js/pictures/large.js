/** One picture large over the map: the main stream, with what its kind of camera allows. */
import { el } from "../room/elements.js";
import { fill, gettext } from "../room/words.js";
import { Picture } from "./picture.js";
import { special } from "./special.js";

export class Large {
  /** @param {HTMLElement} over @param {{now: () => number}} options */
  constructor(over, { now }) {
    Object.assign(this, { over, now, root: null, own: false, onOpen: () => {}, onClose: () => {} });
  }

  get isOpen() {
    return this.root !== null;
  }

  /** @param {{code: string, name: string, look: import("./looks.js").Look, own?: boolean, bearing?: number}} what `own`: of no tile, it stays without */
  open({ code, name, look, own = false, bearing }) {
    this.close();
    this.own = own;
    this.before = /** @type {HTMLElement} */ (document.activeElement);
    this.code = code;
    this.picture = new Picture({ code, now: this.now });
    const back = el("button", { class: "btn", type: "button", onclick: () => this.close() }, gettext("Back"), " ", el("kbd", null, gettext("Esc")));
    this.tools = el("div", { class: "how", role: "group", "aria-label": gettext("How it is shown") });
    this.stage = el("div", { class: "stage" }, this.picture.root);
    this.root = el("section", { class: "large-picture", "aria-label": fill(gettext("Large picture of %(camera)s"), { camera: code }) },
      el("header", null, el("h2", null, `${code} · ${name}`), this.tools, back), this.stage);
    this.over.append(this.root);
    this.effect = special({ look, code, bearing, picture: this.picture, tools: this.tools });
    this.picture.play(look, "main");
    back.focus();
    this.onOpen();
  }

  /** @returns {boolean} whether there was one */
  close() {
    if (!this.root) return false;
    this.onClose();
    this.effect?.close();
    this.effect = null;
    this.picture.close();
    this.root.remove();
    this.root = null;
    if (this.before?.isConnected) this.before.focus();
    else /** @type {HTMLElement | null} */ (document.querySelector(`[data-camera="${CSS.escape(this.code)}"]`))?.focus();
    return true;
  }
}
