/** Follow a target: drag it on the map, and the camera that sees it best comes forward, with the reason. */
import { el, mark, say } from "../room/elements.js";
import { metres } from "../room/format.js";
import { gettext } from "../room/words.js";
import { post } from "./door.js";

const EVERY = 700;
const STEP = 12;

export class Follow {
  /**
   * @param {{ground: HTMLElement, map: () => any, cause: () => string,
   *   onCamera: (camera: {code: string, name: string}) => Promise<void> | void, onEnd: () => void}} options
   */
  constructor({ ground, map, cause, onCamera, onEnd }) {
    Object.assign(this, { ground, map, cause, onCamera, onEnd, current: "", asking: false, root: null });
  }

  get isOn() {
    return this.root !== null;
  }

  /** @param {{lat: number, lon: number} | null} at where it begins; the middle of the map without */
  start(at) {
    if (this.isOn) return;
    this.words = el("p", { role: "status" }, gettext("Drag the target, or click where it is. Arrows move it, Esc ends."));
    this.target = el("button", { type: "button", class: "follow-target", "aria-label": gettext("The target: arrows move it") });
    this.layer = el("div", { class: "follow-layer" }, this.target);
    this.root = el("div", { class: "follow" }, this.layer, this.words);
    this.ground.append(this.root);
    const box = this.layer.getBoundingClientRect();
    this.drawn = this.map().map;
    this.moved = () => this.dragging || this.draw(this.drawn.project(this.at));
    this.drawn.on("move", this.moved);
    const point = at ? this.drawn.project([at.lon, at.lat]) : { x: box.width / 2, y: box.height / 2 };
    this.put(point.x, point.y);
    this.layer.addEventListener("pointerdown", (event) => this.grab(event));
    this.layer.addEventListener("pointermove", (event) => this.dragging && this.to(event));
    this.layer.addEventListener("pointerup", (event) => this.drop(event));
    this.target.addEventListener("keydown", (event) => this.key(event));
    this.target.focus();
    this.ask();
  }

  /** @returns {boolean} whether it was on */
  end() {
    if (!this.isOn) return false;
    clearTimeout(this.timer);
    this.timer = null;
    this.dragging = false;
    this.drawn.off("move", this.moved);
    this.root.remove();
    this.root = null;
    this.current = "";
    this.onEnd();
    return true;
  }

  /** Somebody put it here. What it stands for is the place: the map may move under it. */
  put(x, y) {
    this.at = this.drawn.unproject([x, y]);
    this.draw({ x, y });
  }

  /** The picture takes the other side, so that the target is never under it. */
  draw({ x, y }) {
    Object.assign(this, { x, y });
    Object.assign(this.target.style, { left: `${x}px`, top: `${y}px` });
    const share = x / this.layer.clientWidth;
    if (Math.abs(share - 0.5) > 0.02) mark(this.root, "data-side", share > 0.5 ? "right" : "left");
  }

  grab(event) {
    event.preventDefault();
    this.dragging = true;
    this.layer.setPointerCapture(event.pointerId);
    this.to(event);
  }

  to(event) {
    const box = this.layer.getBoundingClientRect();
    this.put(event.clientX - box.x, event.clientY - box.y);
    this.soon();
  }

  drop(event) {
    if (!this.dragging) return;
    this.dragging = false;
    this.to(event);
    this.target.focus();
  }

  key(event) {
    const [dx, dy] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    event.preventDefault();
    event.stopPropagation();
    this.put(this.x + dx, this.y + dy);
    this.soon();
  }

  /** Not more often than a camera can be told. */
  soon() {
    this.timer ??= setTimeout(() => this.ask(), EVERY);
  }

  async ask() {
    this.timer = null;
    if (!this.isOn) return;
    if (this.asking) {
      this.soon();
      return;
    }
    this.asking = true;
    const { lng, lat } = this.at;
    try {
      const said = await post("cameras/follow/", { lat, lon: lng, current: this.current, cause: this.cause() });
      if (!this.isOn) return;
      mark(this.target, "data-seen", "true");
      const far = ["seen", "preset"].includes(said.reason.code) ? "" : metres(said.sight.distance_m); // those say it themselves
      say(this.words, [said.sight.code, far, said.why].filter(Boolean).join(" · "));
      const { code, name } = said.sight;
      if (said.changed) await this.onCamera({ code, name });
      this.current = code;
    } catch (refusal) {
      mark(this.target, "data-seen", "false");
      say(this.words, [refusal.message, refusal.todo].filter(Boolean).join(" "));
    } finally {
      this.asking = false;
    }
  }
}
