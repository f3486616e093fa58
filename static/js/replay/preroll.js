/** In the room: the moments before an alert, over the tiles of its cameras. Given for one minute, so fetched at once. */

import { fill, gettext } from "../room/words.js";
import { Boxes } from "./boxes.js";
import { Clock } from "./clock.js";
import { Film } from "./film.js";
import { Refused, post } from "./server.js";

const ALL_MS = 180_000;
const zone = document.documentElement.dataset.timeZone;
const two = "2-digit";
const hours = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: zone, hourCycle: "h23", hour: two, minute: two, second: two,
});

export class Preroll {
  /** @param {HTMLElement} root @param {{panel: HTMLElement, endUrl: string}} options */
  constructor(root, { panel, endUrl }) {
    Object.assign(this, { root, panel, endUrl });
    this.films = [];
    this.boxes = [];
    this.looks = [];
    this.clock = new Clock();
    this.of = null;
    for (const name of ["clock", "said", "play", "again", "close", "place", "films"]) this[`_${name}`] = root.querySelector(`[data-part=before-${name}]`);
    this._play.addEventListener("click", () => this.pause(this.clock.playing));
    this._again.addEventListener("click", () => this.rewind());
    this._close.addEventListener("click", () => this.close());
    this._place.addEventListener("input", () => this.clock.seek(this.clock.from + Number(this._place.value) * 100));
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-before]");
      if (button) this.open(button.dataset.before, button.closest("[data-incident]").dataset.incident, button.dataset.title);
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    // The panel shows another incident, or this one is no longer theirs: what is recorded goes with it.
    panel.addEventListener("nice:panel", () => this.of !== null && !this.stands() && this.close());
    addEventListener("pagehide", () => this.close());
  }

  stands() {
    return Boolean(this.panel.querySelector(`[data-incident="${CSS.escape(this.of)}"] [data-before]`));
  }

  /** @param {string} url @param {string} incident @param {string} [title] */
  async open(url, incident, title = gettext("Before the alert")) {
    this.close();
    this.of = incident;
    this.root.querySelector("#before-title").textContent = title;
    this.root.hidden = false;
    this.say("");
    let opened;
    try {
      opened = await post(url, {});
    } catch (error) {
      this.say(error instanceof Refused ? error.message : gettext("The centre does not answer."));
      return;
    }
    if (this.of !== incident) {
      this.end(opened.looks);
      return;
    }
    this.looks = opened.looks;
    this.say(Object.values(opened.refused).map((why) => why.title).join(" "));
    if (!this.looks.length) return;
    const from = Math.min(...this.looks.map((look) => Date.parse(look.from)));
    const to = Math.max(...this.looks.map((look) => Date.parse(look.to)));
    Object.assign(this.clock, { from, to, rate: 1, at: from });
    this._place.max = String(Math.round((to - from) / 100));
    this.alert = Date.parse(opened.at);
    const figures = [...this._films.querySelectorAll(".film")];
    this._films.dataset.count = String(this.looks.length);
    figures.forEach((figure, number) => { figure.hidden = number >= this.looks.length; });
    this.films = this.looks.map((look, number) => new Film(figures[number], look, from, { ahead: ALL_MS }));
    this.boxes = this.looks.map((look, number) => new Boxes(figures[number], opened.boxes?.[look.camera] ?? []));
    await Promise.all(this.films.map((film) => film.open().catch((error) => film.fail(error.message))));
    this.pause(false);
    this.turning = requestAnimationFrame((now) => this.turn(now));
  }

  turn(now) {
    if (!this.films.length) return;
    const { clock } = this;
    clock.waiting = this.films.some((film) => !film.ready(clock.at));
    clock.tick(now);
    const runs = clock.playing && !clock.waiting;
    for (const film of this.films) film.follow(clock.at, runs, clock.rate);
    for (const boxes of this.boxes) boxes.show(clock.at);
    const away = Math.round((clock.at - this.alert) / 1000);
    const words = `${hours.format(clock.at)} · ${fill(away < 0 ? gettext("%(s)s s before") : gettext("%(s)s s after"), { s: Math.abs(away) })}`;
    if (this._clock.textContent !== words) this._clock.textContent = words;
    this._place.value = String(Math.round((clock.at - clock.from) / 100));
    if (this._play.getAttribute("aria-pressed") !== String(clock.playing)) this.pause(!clock.playing);
    this.turning = requestAnimationFrame((next) => this.turn(next));
  }

  /** @param {boolean} still */
  pause(still) {
    if (!still && this.clock.at >= this.clock.to) this.clock.seek(this.clock.from);
    this.clock.playing = !still;
    this._play.setAttribute("aria-pressed", String(!still));
    this._play.querySelector("[data-part=word]").textContent = still ? gettext("Play") : gettext("Pause");
  }

  rewind() {
    this.clock.seek(this.clock.from);
    this.pause(false);
  }

  say(text) {
    this._said.textContent = text;
    this._said.hidden = !text;
  }

  close() {
    cancelAnimationFrame(this.turning);
    for (const part of [...this.films, ...this.boxes]) part.close();
    this.end(this.looks);
    this.films = [];
    this.boxes = [];
    this.looks = [];
    this.of = null;
    this.root.hidden = true;
  }

  end(looks) {
    for (const { token } of looks) post(this.endUrl, { token }, true).catch(() => {});
  }
}

const root = document.querySelector("[data-part=before]");
if (root) globalThis.preroll = new Preroll(root, { panel: document.querySelector("[data-part=panel]"), endUrl: root.dataset.end });
