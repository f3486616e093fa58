/** A video tour: one stop after the other on the large picture, each with its look, the pace kept by the page. */
import { el, say } from "../room/elements.js";
import { age } from "../room/format.js";
import { fill, gettext } from "../room/words.js";
import { post } from "./door.js";

export class Rounds {
  /**
   * @param {{ground: HTMLElement, tell: (text: string) => void,
   *   show: (camera: {code: string, name: string}, reason: any, kind: string) => Promise<number | null>, hide: () => void}} options
   *   `show` opens a look and its picture, and says the number of the consultation; null when it was refused
   */
  constructor({ ground, tell, show, hide }) {
    Object.assign(this, { ground, tell, show, hide, step: null, consultation: null, root: null });
  }

  get isOn() {
    return this.root !== null;
  }

  /** @param {{id: number, name: string}} tour */
  async start(tour) {
    if (this.isOn) return;
    try {
      const step = await post(`tours/${tour.id}/start/`);
      this.words = el("p", { role: "status" });
      const act = (name, label, does) => el("button", { class: "btn", type: "button", "data-act": name, onclick: does }, label);
      this.root = el("div", { class: "round-bar", "aria-label": gettext("Video tour"), role: "group" }, this.words,
        act("next", gettext("Next"), () => this.next()), act("tag", gettext("Tag"), () => this.tag()),
        act("pause", gettext("Pause"), () => this.leave("pause")), act("stop", gettext("Stop"), () => this.leave("stop")));
      this.ground.append(this.root);
      await this.go(step);
    } catch (refusal) {
      this.refused(refusal);
      this.end();
    }
  }

  /** @returns {boolean} whether one was under way */
  end() {
    if (!this.isOn) return false;
    this.root.remove();
    Object.assign(this, { root: null, step: null, consultation: null });
    this.hide();
    return true;
  }

  tick() {
    if (!this.step || this.moving) return;
    this.left -= 1;
    this.words_();
    if (this.left <= 0) this.next();
  }

  words_() {
    const { step } = this;
    say(this.words, fill(gettext("%(tour)s · %(number)s of %(of)s · %(camera)s %(preset)s · %(left)s"), {
      tour: step.tour, number: step.number, of: step.of, camera: step.camera, preset: step.preset, left: age(Math.max(0, this.left)),
    }));
  }

  async go(step) {
    for (const { camera, why } of step.passed) this.tell(fill(gettext("Passed over: %(camera)s, %(why)s"), { camera, why }));
    if (step.over) {
      const words = step.state === "done" ? gettext("Tour done: %(tour)s") : gettext("Tour done in part: %(tour)s");
      this.tell(fill(words, { tour: step.tour }));
      this.end();
      return;
    }
    this.step = step;
    this.left = step.dwell_s;
    this.words_();
    const reason = { kind: "tour", reference: fill("%(round)s/%(number)s", step) };
    this.consultation = await this.show({ code: step.camera, name: step.name }, reason, "live");
  }

  async next() {
    if (!this.step || this.moving) return;
    this.moving = true;
    try {
      await this.go(await post(`rounds/${this.step.round}/next/`, { consultation: this.consultation }));
    } catch (refusal) {
      this.refused(refusal);
      this.end();
    } finally {
      this.moving = false;
    }
  }

  async tag() {
    if (!this.step) return;
    try {
      await post(`rounds/${this.step.round}/tag/`);
      this.tell(fill(gettext("Tagged: %(camera)s"), { camera: this.step.camera }));
    } catch (refusal) {
      this.refused(refusal);
    }
  }

  /** Pause or stop. @param {"pause" | "stop"} act */
  async leave(act) {
    if (!this.step) return;
    const { round } = this.step;
    const { consultation } = this;
    this.end();
    try {
      await post(`rounds/${round}/${act}/`, { consultation });
    } catch (refusal) {
      this.refused(refusal);
    }
  }

  refused(refusal) {
    this.tell([refusal.message, refusal.todo].filter(Boolean).join(" "));
  }
}
