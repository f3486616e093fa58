/** The operators' room: wires the link, what is known, and what is shown. */
import { arrived, sentence } from "./arrivals.js";
import { CommandBar } from "./commandbar.js";
import { ServerClock, everySecond } from "./clock.js";
import { dispatch } from "./dispatch.js";
import { say } from "./elements.js";
import { Estate } from "./estate.js";
import { Eyes } from "./eyes.js";
import { time } from "./format.js";
import { Ground } from "./ground.js";
import { back, leave, take } from "./hands.js";
import * as keys from "./keys.js";
import { Inbox } from "./inbox.js";
import { Link } from "./link.js";
import { LinkBar } from "./linkbar.js";
import { Menus } from "./menus.js";
import { cards } from "./order.js";
import { given, painted, part } from "./page.js";
import { Panel } from "./panel.js";
import { Marking } from "../pictures/marking.js";
import { RoomPictures } from "../pictures/room.js";
import { Mosaic } from "../wall/mosaic.js";
import { Presence } from "./presence.js";
import { Queue } from "./queue.js";
import { callsAlready, inMyHands } from "./select.js";
import { Shown } from "./shown.js";
import { SIGNAL_NOTES } from "./signals.js";
import { Sounds } from "./sounds.js";
import { Steering } from "../steering/steering.js";
import { empty, rebase, reduce } from "./store.js";
import { Tiles } from "./tiles.js";
import { Worth } from "./worth.js";
import { fill, gettext } from "./words.js";

const config = given("room-config");

class Room {
  config = config;
  me = config.me;
  state = empty();
  ready = false;
  selected = null;
  wantTake = null;
  eyes = new Eyes();
  inbox = new Inbox((facts) => this.count(facts));
  clock = new ServerClock();
  presence = new Presence();
  estate = new Estate({ camerasUrl: config.urls.cameras, sitesUrl: config.urls.sites });

  constructor() {
    const { clock, me, presence } = this;
    this.bar = new LinkBar(document.querySelector(".bar"), part("link"), clock);
    this.queue = new Queue(document.querySelector(".queue"), {
      clock, me, presence, onSelect: (key) => this.select(key), onTake: () => take(this),
    });
    this.panel = new Panel(part("panel"), { clock, urlOf: (id) => (id[0] === "s" ? config.urls.signal.replace("/0/", `/${id.slice(1)}/`) : config.urls.incident.replace("/0/", `/${id}/`)), onGo: (key) => this.select(key), onTile: (code) => this.mosaic.put(code) });
    this.tiles = new Tiles(part("tiles"), { onCamera: (order) => this.menus.lookAt(order) });
    this.pictures = new RoomPictures({ tiles: part("tiles"), ground: document.querySelector(".ground"), now: () => clock.now() });
    this.steering = new Steering(this, { tiles: part("tiles"), ground: document.querySelector(".ground") });
    this.sounds = new Sounds({
      button: part("sound"), volume: part("volume"), muteButton: part("mute"), tests: document.querySelectorAll("[data-sound]"),
    });
    this.marking = new Marking(this);
    this.shown = new Shown({
      send: (ids) => this.link.send({ type: "shown", alert_ids: ids }), inView: (key) => this.queue.inView(key),
    });
    this.menus = new Menus(this);
    this.command = new CommandBar(part("command"), {
      searchUrl: config.urls.search,
      known: () => ({ cards: this.open(), cameras: this.estate.list, ...this.mosaic.known }),
      onRun: (proposal) => this.menus.run(proposal),
    });
    this.worth = new Worth(part("worth"), { url: config.urls.worth, onCommand: (text) => this.command.propose(text) });
    this.ground = new Ground({
      root: part("map"), lock: part("lock"), estate: this.estate, onSelect: (key) => this.select(key),
      onCamera: (camera) => this.menus.showCamera(camera),
      onCameras: (words) => {
        say(part("cameras"), words ?? gettext("cameras could not be read"));
        this.mosaic?.namesCame();
        this.around();
      },
    });
    this.mosaic = new Mosaic(this);
    this.listen();
    this.link = new Link({
      url: config.urls.ws, stateUrl: config.urls.state, clock, last: () => this.state.last,
      onMessage: (message) => this.hear(message), onSnapshot: (snapshot) => this.rebase(snapshot),
      onView: (view) => this.linkIs(view), onEnd: (why) => this.menus.ended(why),
    });
    everySecond(clock, () => this.tick());
  }

  listen() {
    keys.listen({
      walk: (step) => this.queue.step(step), take: () => take(this), back: () => back(this),
      command: () => this.command.open(), help: () => this.menus.help(), theme: () => this.menus.theme(), leave: () => leave(this),
      touched: () => this.eyes.touch(),
    });
    part("panel").addEventListener("nice:panel", () => {
      this.peopleShown();
      if (this.wantTake && this.wantTake === this.selected) take(this);
    });
  }

  // What comes in

  hear(message) {
    if (message.type === "facts") {
      this.inbox.push(message.facts);
    } else if (message.type === "moved") this.ground.map.setUnits(message.units);
    else if (message.type === "presence") {
      this.presence.hear(message.people);
      this.queue.render();
      this.peopleShown();
    }
  }

  /** @param {import("./store.js").Fact[]} facts */
  count(facts) {
    const before = this.state;
    const { state, fresh } = reduce(before, facts);
    this.state = state;
    this.changedSince(before);
    dispatch(this, fresh);
  }

  rebase(snapshot) {
    const before = this.state;
    const first = !this.ready;
    this.state = rebase(before, snapshot);
    this.ready = true;
    part("loading")?.remove();
    this.changedSince(first ? this.state : before);
    if (first) this.comeBack(inMyHands(this.state, this.me.user_id) ?? callsAlready(this.state));
    this.ground.open();
    this.panel.refresh();
    this.inbox.start();
  }

  /** @param {import("./store.js").State} before */
  changedSince(before) {
    this.followAlertHome();
    const fresh = arrived(before, this.state);
    if (fresh.length) this.arrive(fresh);
    this.draw();
  }

  followAlertHome() {
    const home = { a: this.state.home, s: this.state.signalHome }[this.selected?.[0]];
    const incidentId = home?.get(Number(this.selected.slice(1)));
    if (incidentId === undefined) return;
    const take = this.wantTake === this.selected;
    this.select(`i${incidentId}`, { touched: false });
    if (take) this.wantTake = this.selected;
  }

  /** @param {import("./order.js").Card[]} fresh */
  arrive(fresh) {
    this.tell(sentence(fresh));
    this.queue.show(this.state);
    if (fresh.some((card) => card.kind === "signal")) this.sounds.once(SIGNAL_NOTES);
    this.comeForward(fresh.find((card) => card.priority === 1));
    for (const card of fresh.slice(0, 20)) this.queue.flash(card.key);
  }

  /** @param {import("./order.js").Card | undefined} card */
  comeForward(card) {
    const now = { selected: this.row(this.selected), viewLocked: this.ground.locked, writing: this.panel.writing };
    if (this.eyes.mayGoTo(card, now)) this.select(card.key, { touched: false });
  }

  /** @param {import("./order.js").Card | undefined} card what to begin with, unless somebody was quicker */
  comeBack(card) {
    if (card && !this.selected) this.select(card.key, { touched: false });
  }

  // What is shown

  draw() {
    this.queue.show(this.state);
    this.sounds.listen(this.state);
    this.around();
    this.shown.drawn(this.state);
  }

  around() {
    const row = this.row(this.selected);
    this.tiles.show(row?.incident_id ? row : null, this.estate.cameras);
    this.pictures.follow(row);
    this.steering.tick();
    this.ground?.show([...this.open().map((card) => card.row), ...(row?.closed_at ? [row] : [])]);
    this.ground?.focus(row);
    if (row?.alert_id && !row.incident_id) this.panel.showAlert(row);
  }

  /** @returns {import("./order.js").Card[]} */
  open() {
    const { real, exercise } = cards(this.state);
    return [...real, ...exercise];
  }

  row(key) {
    if (!key) return null;
    const { incidents, alerts, signals } = this.state;
    return { i: incidents, a: alerts, s: signals }[key[0]]?.get(Number(key.slice(1))) ?? null;
  }

  /** @param {string | null} key @param {{touched?: boolean}} [how] */
  select(key, { touched = true } = {}) {
    if (touched) this.eyes.touch();
    if (this.selected !== key) this.eyes.chose();
    this.selected = key;
    this.wantTake = null;
    this.queue.select(key);
    const incidentId = key?.startsWith("i") ? Number(key.slice(1)) : null;
    if (incidentId !== null) this.panel.open(incidentId);
    else if (key?.startsWith("s")) this.panel.open(key);
    else if (this.row(key)) this.panel.showAlert(this.row(key));
    else this.panel.clear();
    this.link.lookAt(incidentId);
    this.aroundSoon();
  }

  /** The chosen card is drawn first; map and tiles follow it, once for all the keys of a frame. */
  aroundSoon() {
    this.coming ??= painted().then(() => {
      this.coming = null;
      this.around();
    });
  }

  tick() {
    say(part("clock"), time(this.clock.now()));
    this.queue.tick();
    this.panel.tick();
    this.shown.look();
    this.steering.everySecond();
    if (this.ready) this.sounds.turn();
  }

  peopleShown() {
    say(part("lead"), this.presence.lead());
    const place = document.querySelector("[data-part=people]");
    if (place) say(place, this.presence.sentence(this.panel.id, this.me.user_id));
  }

  linkIs(view) {
    this.bar.show(view);
    this.ground?.map.greyOut(["lost", "signed-out", "forbidden"].includes(view.name));
  }

  // What dispatch.js asks for
  tell(text) {
    say(part("told"), fill(gettext("%(time)s  %(text)s"), { time: time(this.clock.now()), text }));
  }

  changed(incidentId) {
    if (incidentId !== null && incidentId === this.panel.id) this.panel.refresh();
  }
}

globalThis.room = new Room();
