/** "Keep this view": a name, and what the camera shows now is a preset. For those who keep the estate. */
import { el } from "../room/elements.js";
import { gettext } from "../room/words.js";
import { post } from "./door.js";

export class KeepView {
  /** @param {{code: string, onKept: (kept: any) => void, onWrong: (refusal: any) => void}} options */
  constructor({ code, onKept, onWrong }) {
    Object.assign(this, { code, onKept, onWrong });
    this.name = el("input", { type: "text", maxlength: "80", required: "", "aria-label": gettext("Name of the preset"), placeholder: gettext("Name of the preset") });
    this.form = el("form", { hidden: "" }, this.name, el("button", { class: "btn", type: "submit" }, gettext("Keep")));
    this.open = el("button", { class: "btn", type: "button", "aria-expanded": "false", onclick: () => this.show(this.form.hidden) }, gettext("Keep this view…"));
    this.root = el("div", { class: "keep-view" }, this.open, this.form);
    this.form.addEventListener("submit", (event) => this.keep(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  show(shown) {
    this.form.hidden = !shown;
    this.open.setAttribute("aria-expanded", String(shown));
    (shown ? this.name : this.open).focus();
  }

  /** What is typed is a name, not a move; Escape closes this alone. */
  key(event) {
    const closes = event.key === "Escape" && !this.form.hidden;
    if (closes || event.target === this.name) event.stopPropagation();
    if (!closes) return;
    event.preventDefault();
    this.show(false);
  }

  async keep(event) {
    event.preventDefault();
    const name = this.name.value.trim();
    if (!name) return;
    try {
      const kept = await post(`cameras/${this.code}/presets/view/`, { name });
      this.name.value = "";
      this.show(false);
      this.onKept(kept);
    } catch (refusal) {
      this.onWrong(refusal);
    }
  }
}
