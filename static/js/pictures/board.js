/** The live pictures of a screen's tiles: opened with one reason, ended with it, kept while tiles are drawn anew. */
import { mark } from "../room/elements.js";
import * as looks from "./looks.js";
import { Picture } from "./picture.js";

const SETTLES = 250;
const OVER = new Set(["look-over", "over"]);
const AGAIN = 5000;

export class Board {
  /** @param {{root: HTMLElement, now: () => number, screen: "room" | "wall"}} options */
  constructor({ root, now, screen }) {
    Object.assign(this, { root, now, screen });
    /** @type {Map<string, {picture: Picture, look: import("./looks.js").Look | null, incident: number}>} by "incident/code" */
    this.shown = new Map();
    addEventListener("pagehide", () => this.endAll());
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }

  /**
   * Which cameras for which incident: what is no longer wanted is ended, what is new is opened a moment later
   * (walking through the queue opens nothing). Then puts each picture into its tile.
   * @param {{incident: number, code: string}[]} wanted
   */
  want(wanted) {
    const keys = new Set(wanted.map(({ incident, code }) => `${incident}/${code}`));
    this.drop([...this.shown.keys()].filter((key) => !keys.has(key)));
    const fresh = wanted.filter(({ incident, code }) => !this.shown.has(`${incident}/${code}`));
    for (const { incident, code } of fresh) {
      const key = `${incident}/${code}`;
      const picture = new Picture({
        code, now: this.now, onOver: (_picture, refusal) => this.over(key, refusal), onState: () => this.place(),
      });
      this.shown.set(key, { picture, look: null, incident });
    }
    if (fresh.length) {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.open(), SETTLES);
    }
    this.place();
  }

  /** One question for each incident. */
  async open() {
    const byIncident = new Map();
    for (const [key, one] of this.shown) {
      if (one.look || one.asking) continue;
      one.asking = true;
      byIncident.set(one.incident, [...(byIncident.get(one.incident) ?? []), key]);
    }
    await Promise.all([...byIncident].map(([incident, keys]) => this.ask(incident, keys)));
  }

  async ask(incident, keys) {
    const codes = keys.map((key) => key.slice(key.indexOf("/") + 1));
    const answers = await looks.open(codes, { kind: "incident", incident }, this.screen);
    keys.forEach((key, n) => {
      const { look, refusal } = answers.get(codes[n]);
      const one = this.shown.get(key);
      if (!one) {
        if (look) looks.end([look.token]);
        return;
      }
      one.asking = false;
      if (look) {
        one.look = look;
        one.picture.play(look, "sub");
      } else {
        one.picture.refuse(refusal);
        if (["locked", "away"].includes(refusal.code)) setTimeout(() => this.shown.get(key) === one && this.open(), AGAIN);
      }
    });
  }

  /** The right ended, or nobody asked for two minutes: in the second case it is opened anew, with its reason. */
  over(key, refusal) {
    const one = this.shown.get(key);
    if (!one) return;
    one.look = null;
    if (OVER.has(refusal.code)) this.open();
    else one.picture.refuse(refusal);
  }

  drop(keys) {
    const tokens = [];
    for (const key of keys) {
      const one = this.shown.get(key);
      this.shown.delete(key);
      one.picture.close();
      if (one.look) tokens.push(one.look.token);
    }
    looks.end(tokens);
  }

  endAll() {
    this.drop([...this.shown.keys()]);
  }

  /** Tiles are drawn anew when their words change: the picture goes into the new one, and plays on. */
  place() {
    for (const [key, { picture }] of this.shown) {
      const at = key.indexOf("/");
      const incident = key.slice(0, at);
      const tile = [...this.root.querySelectorAll("[data-camera]")].find((one) => one.dataset.camera === key.slice(at + 1)
        && (one.dataset.incident ?? incident) === incident);
      if (!tile) continue;
      if (picture.root.parentElement !== tile) {
        tile.append(picture.root);
        picture.player?.play();
      }
      mark(tile, "data-picture", picture.state);
    }
  }

  /** @param {string} code */
  find(code) {
    return [...this.shown].find(([key]) => key.slice(key.indexOf("/") + 1) === code)?.[1] ?? null;
  }
}
