/** Steering in the room: who holds what on every tile, hands on the large picture, requests, following, tours. */
import { el, say } from "../room/elements.js";
import * as looks from "../pictures/looks.js";
import { fill, gettext } from "../room/words.js";
import { Bar } from "./bar.js";
import { corners } from "./corners.js";
import { ask, post } from "./door.js";
import { Follow } from "./follow.js";
import { Holds } from "./holds.js";
import { Rounds } from "./rounds.js";
import * as words from "./words.js";

const AGAIN = 5000;

export class Steering {
  /** @param {any} room */
  constructor(room, { tiles, ground }) {
    Object.assign(this, { room, tiles, ground, bar: null, own: null });
    this.holds = new Holds();
    this.large = room.pictures.large;
    this.large.onOpen = () => this.opened();
    this.large.onClose = () => this.closed();
    this.requests = el("div", { class: "steer-requests", role: "alert" });
    ground.append(this.requests);
    this.follow = new Follow({
      ground, map: () => room.ground.map, cause: () => this.cause(),
      onCamera: async (camera) => {
        await this.show(camera, this.reason());
        this.follow.target?.focus();
      },
      onEnd: () => this.hide(),
    });
    this.rounds = new Rounds({
      ground, tell: (text) => room.tell(text), show: (camera, reason) => this.show(camera, reason), hide: () => this.hide(),
    });
    this.read();
  }

  async read() {
    try {
      this.holds.take(await ask("cameras/holds/"));
      this.tick();
    } catch {
      setTimeout(() => this.read(), AGAIN);
    }
  }

  now() {
    return this.room.clock.now();
  }

  /** The incident this operator works on, as holds name it. */
  cause() {
    const row = this.room.row(this.room.selected);
    return row?.incident_id && !row.closed_at ? `incident:${row.incident_id}` : "";
  }

  reason() {
    const id = this.cause().slice("incident:".length);
    return id ? { kind: "incident", incident: Number(id) } : { kind: "watch" };
  }

  /** @param {{kind: string, data: any, at: string}} fact */
  hear(fact) {
    const before = new Set([...this.holds.held.keys()].filter((code) => this.holds.isMine(code)));
    if (!this.holds.hear(fact)) return;
    for (const lock of fact.data.locks ?? []) {
      if (before.has(lock.code) && lock.holder !== this.holds.me) this.room.tell(words.taken(lock));
    }
    if (fact.kind === "cameras.take_over_answered" && fact.data.by_holder === this.holds.me) this.answered(fact.data);
    this.tick();
  }

  answered({ code, answer }) {
    const said = {
      granted: gettext("%(camera)s is yours."), lapsed: gettext("%(camera)s is yours: nobody answered."),
      refused: gettext("%(camera)s is kept: ask again later, or use another."),
    }[answer];
    if (said) this.room.tell(fill(said, { camera: code }));
  }

  /** Once a second, and whenever tiles were drawn. */
  tick() {
    corners(this.tiles, this.holds, this.now());
    this.bar?.show();
    this.ask();
  }

  everySecond() {
    this.rounds.tick();
    this.bar?.tick();
    this.tick();
  }

  /** Colleagues who ask for what this seat holds. */
  ask() {
    const asked = [...this.holds.requests.values()].filter((one) => !one.mine);
    const drawn = asked.map((one) => one.id).join();
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.requests.replaceChildren(...asked.map((one) => el("div", { "data-request": one.id }, el("p"),
        el("button", { class: "btn primary", type: "button", "data-act": "yes", onclick: () => this.reply(one, "yes") }, gettext("Give it")),
        el("button", { class: "btn", type: "button", "data-act": "no", onclick: () => this.reply(one, "no") }, gettext("Keep it")))));
    }
    asked.forEach((one, n) => say(this.requests.children[n].firstElementChild, words.asked(one, this.now())));
  }

  async reply(request, answer) {
    try {
      await post(`cameras/requests/${request.id}/`, { answer });
    } catch (refusal) {
      this.room.tell(refusal.message);
    }
  }

  opened() {
    const camera = this.room.estate.list.find(({ code }) => code === this.large.code);
    if (camera?.kind !== "dome") return;
    this.bar = new Bar(this.large, { holds: this.holds, now: () => this.now(), cause: () => this.cause() });
    this.bar.kept = this.follow.isOn;
  }

  closed() {
    this.bar?.close();
    this.bar = null;
    const { own } = this;
    this.own = null;
    if (own) looks.end([own.token]);
  }

  /** A picture of its own, with its own look. @returns {Promise<number | null>} the consultation */
  async show({ code, name }, reason) {
    const { look, refusal } = (await looks.open([code], reason, "room")).get(code);
    if (!look) {
      this.room.tell([code, refusal.title].join(" · "));
      return null;
    }
    this.large.open({ code, name, look, own: true });
    this.own = look;
    return look.consultation;
  }

  hide() {
    if (this.own) this.large.close();
  }

  /** Escape. @returns {boolean} whether something ended */
  leave() {
    if (this.rounds.isOn) {
      this.rounds.leave("pause");
      return true;
    }
    return this.follow.end();
  }

  async startFollowing() {
    await this.room.ground.opened;
    const row = this.room.row(this.room.selected);
    if (!this.follow.end()) this.follow.start(row ? { lat: row.lat, lon: row.lon } : null);
  }

  /** A tour by words of its name, the one that is due without. @param {string} typed */
  async startTour(typed) {
    try {
      const tours = await ask("tours/");
      const named = tours.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()));
      const tour = typed ? named[0] : tours.find(({ state }) => state === "due") ?? tours[0];
      if (tour) await this.rounds.start(tour);
      else this.room.tell(gettext("No video tour has this name."));
    } catch (refusal) {
      this.room.tell(refusal.message);
    }
  }
}
