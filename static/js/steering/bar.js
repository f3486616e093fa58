/** Under the large picture of a camera that turns: who steers it, what may be done about it, how long a move takes. */
import { el, mark, say } from "../room/elements.js";
import { fill, gettext } from "../room/words.js";
import { post, ask as askDoor } from "./door.js";
import { Gestures } from "./gestures.js";
import { KeepView } from "./keep_view.js";
import { Line } from "./line.js";
import { Pad } from "./pad.js";
import * as words from "./words.js";

const WELL_AFTER = 6000;

export class Bar {
  /**
   * @param {import("../pictures/large.js").Large} large
   * @param {{holds: import("./holds.js").Holds, now: () => number, cause: () => string}} options
   */
  constructor(large, { holds, now, cause }) {
    Object.assign(this, { large, holds, now, cause, code: large.code, wrongAt: 0, moved: null });
    this.who = el("p", { class: "who", role: "status" });
    this.wrong = el("p", { class: "wrong", role: "alert" });
    this.loop = el("p", { class: "loop" });
    this.acts = el("div", { class: "acts" });
    this.presets = el("select", { "aria-label": gettext("Preset"), onchange: () => this.goTo() });
    this.presets.hidden = true;
    this.keeping = holds.mayKeep ? new KeepView({ code: this.code, onKept: (kept) => this.keptView(kept), onWrong: (refusal) => this.refused(refusal) }) : null;
    this.root = el("div", { class: "steer-bar" }, this.who, this.wrong, this.loop, this.presets, this.acts, this.keeping?.root);
    large.root.append(this.root);
    mark(large.stage, "tabindex", "0");
    mark(large.stage, "role", "application");
    mark(large.stage, "aria-label", fill(gettext("Steer %(camera)s: arrows turn, + and − zoom, space stops. Click to centre, drag a box to come closer."), { camera: this.code }));
    large.stage.classList.add("steered");
    this.line = new Line({
      code: this.code, cause, token: () => large.picture.player?.look.token ?? "",
      onReady: () => this.ready(), onDone: (done) => this.done(done), onWell: () => this.well(),
      onWrong: (text, code) => this.says(text, code),
    });
    this.gestures = new Gestures(large.stage, large.picture.video, this.line);
    this.pad = new Pad(this.line);
    this.off = new AbortController();
    large.root.addEventListener("keydown", (event) => this.key(event), { signal: this.off.signal });
    large.stage.focus();
    this.readPresets();
    this.show();
  }

  close() {
    this.off.abort();
    this.pad.close();
    this.gestures.close();
    this.line.close();
    if (this.holds.isMine(this.code) && !this.kept) {
      askDoor(`cameras/${this.code}/hold/`, { method: "DELETE", keepalive: true }).catch(() => {}); // else the lease ends
    }
  }

  ready() {
    if (this.line.n === 0) this.well();
  }

  done({ round_ms: ms }) {
    if (ms === null || ms === undefined) return;
    this.moved = ms;
    this.show();
  }

  well() {
    say(this.wrong, "");
  }

  /** What went wrong stays until something goes well, or it is old. */
  says(text, code) {
    this.wrongAt = Date.now();
    this.asksFor = code === "camera-held";
    say(this.wrong, text);
    mark(this.wrong, "title", text);
    mark(this.wrong, "data-done", null);
    this.show();
  }

  tick() {
    if (this.wrong.textContent && Date.now() - this.wrongAt > WELL_AFTER && this.line.ready) this.well();
    this.show();
  }

  show() {
    const { holds, code } = this;
    const hold = holds.of(code);
    const request = holds.requestFor(code);
    mark(this.root, "data-hold", hold ? (holds.isMine(code) ? "mine" : hold.kind) : "free");
    const waits = request?.mine ? words.waits(request, this.now()) : "";
    say(this.who, [words.sentence(hold, holds.me, this.now()), waits].filter(Boolean).join(" "));
    const delay = this.large.picture.view?.state === "live" ? this.large.picture.view.delay : null;
    say(this.loop, this.moved === null ? "" : words.loop(this.moved, delay));
    this.offer(hold, request);
  }

  offer(hold, request) {
    const acts = [];
    if (hold && this.holds.isMine(this.code)) acts.push(["back", gettext("Give back"), "G", () => this.giveBack()]);
    else if (request?.mine) acts.push(["withdraw", gettext("No longer"), "K", () => this.answer(request, "withdraw")]);
    else if (hold?.by_hand) acts.push(["ask", gettext("Ask for it"), "K", () => this.ask()]);
    const drawn = acts.map(([name]) => name).join();
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.acts.replaceChildren(...acts.map(([name, label, key, act]) =>
      el("button", { class: "btn", type: "button", "data-act": name, "data-key": key, onclick: act }, label, " ", el("kbd", null, key))));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("select, input, textarea")) return;
    const button = this.acts.querySelector(`[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    button.click();
  }

  async tries(doing) {
    try {
      return await doing;
    } catch (refusal) {
      this.refused(refusal);
      return null;
    }
  }

  refused(refusal) {
    this.says([refusal.message, refusal.todo].filter(Boolean).join(" "), refusal.code);
  }

  /** @param {{number: number, name: string, note: string}} kept what is still owed to the law is said where troubles are */
  keptView({ number, name, note }) {
    const words = fill(gettext("Kept as preset %(number)s, “%(name)s”."), { number, name });
    this.says([words, note].filter(Boolean).join(" "), "kept");
    mark(this.wrong, "data-done", note ? null : "yes");
    this.large.stage.focus();
    this.readPresets();
  }

  async ask() {
    if (await this.tries(post(`cameras/${this.code}/ask/`, { cause: this.cause() }))) this.well();
  }

  answer(request, answer) {
    return this.tries(post(`cameras/requests/${request.id}/`, { answer }));
  }

  giveBack() {
    this.line.stop();
    return this.tries(askDoor(`cameras/${this.code}/hold/`, { method: "DELETE" }));
  }

  async readPresets() {
    const presets = await this.tries(askDoor(`cameras/${this.code}/presets/`));
    if (!presets?.length) return;
    this.presets.hidden = false;
    this.presets.replaceChildren(el("option", { value: "" }, gettext("Preset…")),
      ...presets.map(({ number, name }) => el("option", { value: number }, `${number} · ${name}`)));
  }

  async goTo() {
    const number = Number(this.presets.value);
    if (this.presets.value !== "") await this.tries(post(`cameras/${this.code}/presets/`, { number, cause: this.cause() }));
    this.presets.value = "";
    this.large.stage.focus();
  }
}
