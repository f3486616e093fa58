/** The live pictures of a screen's tiles: opened with one reason, ended with it, kept while tiles are drawn anew. */
import { mark } from "../room/elements.js";
import * as looks from "./looks.js";
import { Picture } from "./picture.js";

const SETTLES = 250;
const OVER = new Set(["look-over", "over"]);
const AGAIN = 5000;

/**
 * A camera that is to be seen. `group`: one question is asked for all of it, with its reason; `smart`: a still will do
 * while nothing moves. Tiles say which camera and, where several could, which group they are for.
 * @typedef {{group: string, code: string, reason: any, kind?: "live" | "tour", smart?: boolean}} Wanted
 */

/** For an alert: the reason is the incident, and it is always live. @param {number} incident @param {string} code @returns {Wanted} */
export const forIncident = (incident, code) => ({ group: `incident:${incident}`, code, reason: { kind: "incident", incident } });

const keyOf = ({ group, code }) => `${group}/${code}`;

export class Board {
  /** @param {{root: HTMLElement, now: () => number, screen: "room" | "wall"}} options */
  constructor({ root, now, screen }) {
    Object.assign(this, { root, now, screen });
    /** @type {Map<string, {picture: Picture, look: import("./looks.js").Look | null, wanted: Wanted, asking?: boolean}>} by group and code */
    this.shown = new Map();
    addEventListener("pagehide", () => this.endAll());
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }

  /**
   * Which cameras and why: what is no longer wanted is ended, what is new is opened a moment later (walking through
   * the queue opens nothing). Then puts each picture into its tile.
   * @param {Wanted[]} all
   */
  want(all) {
    const keys = new Set(all.map(keyOf));
    this.drop([...this.shown.keys()].filter((key) => !keys.has(key)));
    let fresh = false;
    for (const wanted of all) {
      const key = keyOf(wanted);
      const known = this.shown.get(key);
      if (known) {
        known.wanted = wanted;
        known.picture.mind(wanted.smart === true);
        continue;
      }
      fresh = true;
      const picture = new Picture({
        code: wanted.code, smart: wanted.smart === true, now: this.now,
        onOver: (_picture, refusal) => this.over(key, refusal), onState: () => this.place(),
      });
      this.shown.set(key, { picture, look: null, wanted });
    }
    if (fresh) {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.open(), SETTLES);
    }
    this.place();
  }

  /** One question for each group. */
  async open() {
    const byGroup = new Map();
    for (const one of this.shown.values()) {
      if (one.look || one.asking) continue;
      one.asking = true;
      byGroup.set(one.wanted.group, [...(byGroup.get(one.wanted.group) ?? []), one.wanted]);
    }
    await Promise.all([...byGroup.values()].map((group) => this.ask(group)));
  }

  /** @param {Wanted[]} group */
  async ask(group) {
    const [{ reason, kind }] = group;
    const answers = await looks.open(group.map(({ code }) => code), reason, this.screen, kind);
    for (const wanted of group) {
      const { look, refusal } = answers.get(wanted.code);
      const one = this.shown.get(keyOf(wanted));
      if (!one) {
        if (look) looks.end([look.token]);
        continue;
      }
      one.asking = false;
      if (look) {
        one.look = look;
        one.picture.play(look, "sub");
      } else {
        one.picture.refuse(refusal);
        if (["locked", "away"].includes(refusal.code)) setTimeout(() => this.shown.get(keyOf(wanted)) === one && this.open(), AGAIN);
      }
    }
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
    const tiles = [...this.root.querySelectorAll("[data-camera]")];
    for (const { picture, wanted: { code, group } } of this.shown.values()) {
      const tile = tiles.find((one) => one.dataset.camera === code && (one.dataset.group ?? group) === group);
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
    return [...this.shown.values()].find(({ wanted }) => wanted.code === code) ?? null;
  }
}
