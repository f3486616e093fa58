/** The video wall: follows the log by itself, shows what was put on it and the cameras of the alerts, says when it is not live. */
import { Board, forIncident } from "../pictures/board.js";
import { ServerClock, everySecond } from "../room/clock.js";
import { inOrder, mark, say } from "../room/elements.js";
import { age, date, time } from "../room/format.js";
import { Inbox } from "../room/inbox.js";
import { Link } from "../room/link.js";
import { LinkBar } from "../room/linkbar.js";
import { cards } from "../room/order.js";
import { given, part } from "../room/page.js";
import { empty, isUnanswered, isWaiting, rebase, reduce } from "../room/store.js";
import { fill, gettext, ngettext } from "../room/words.js";
import { corners } from "../steering/corners.js";
import { ask } from "../steering/door.js";
import { Holds } from "../steering/holds.js";
import * as hanging from "./hanging.js";
import { isDue } from "./hours.js";
import { sizeAsked, sizeFor, spots } from "./spots.js";
import { freeTile, placedTile, spotSays, spotTile, stopSays } from "./tiles.js";
import { advance, turn } from "./touring.js";

const config = given("wall-config");
const zone = document.documentElement.dataset.timeZone;
const HOLDS_AGAIN = 3000;
const asked = sizeAsked(new URLSearchParams(location.search).get("tiles"));

const clock = new ServerClock();
const bar = new LinkBar(document.querySelector(".bar"), part("link"), clock);
const grid = part("grid");
const pictures = new Board({ root: grid, now: () => clock.now(), screen: "wall" });
/** @type {Map<string, {root: HTMLElement, drawn: string}>} */
const tiles = new Map();
/** @type {Map<number, import("./touring.js").Run>} by tour */
let runs = new Map();
/** @type {Map<string, number>} which place an alert's camera has */
let seated = new Map();
let hangs = hanging.nothing(config.room);
let state = empty();
let ready = false;
let quietSince = null;
/** Which stop each tour showed at the last second, and whether it was due. */
let stood = "";
const holds = new Holds();
const inbox = new Inbox((facts) => {
  state = reduce(state, facts).state;
  hangs = facts.reduce(hanging.told, hangs);
  for (const fact of facts) holds.hear(fact);
  draw();
});

/** @typedef {{key: string, drawn: string, make: () => HTMLElement, wanted?: import("../pictures/board.js").Wanted}} Shown */

function draw() {
  const size = hangs.size || (asked ?? sizeFor(state));
  const shown = hangs.size ? hung() : spots(state, size).map(alerting);
  while (shown.length < size) shown.push(free(shown.length));
  grid.style.setProperty("--side", String(Math.sqrt(size)));
  const keys = new Set(shown.map(({ key }) => key));
  for (const key of [...tiles.keys()]) if (!keys.has(key)) tiles.delete(key);
  inOrder(grid, shown.map(tileOf));
  pictures.want(shown.flatMap(({ wanted }) => wanted ?? []));
  const { real, exercise } = cards(state);
  if (real.length + exercise.length === 0) quietSince ??= clock.now();
  else quietSince = null;
  say(part("layout"), hangs.name);
  say(part("calling"), calling(real));
  say(part("exercises"), exercise.length === 0 ? "" : fill(ngettext("%(n)s exercise", "%(n)s exercises", exercise.length), { n: exercise.length }));
  tick();
}

/** What was put on the wall, place by place; alerts stand in the free ones and in those of tours. @returns {Shown[]} */
function hung() {
  const open = hanging.open(hangs);
  const alerts = spots(hanging.without(state, hangs), open.length);
  seated = hanging.seats(alerts, open, seated);
  const byPlace = new Map(alerts.map((spot) => [seated.get(spot.key), spot]));
  tour(new Set(byPlace.keys()));
  return hangs.cells.map((cell, place) => {
    if (byPlace.has(place)) return alerting(byPlace.get(place));
    if (cell?.camera) return placed(cell);
    return (cell?.tour && touring(cell.tour, place)) || free(place);
  });
}

/** Tours go on, but those an alert has taken a place of. @param {Set<number | undefined>} taken */
function tour(taken) {
  runs = new Map(hangs.tours.map((one) => {
    const held = hangs.cells.some((cell, place) => cell?.tour === one.id && taken.has(place));
    return [one.id, advance(runs.get(one.id), one, { now: performance.now(), held })];
  }));
}

/** @returns {Shown} */
const alerting = (spot) => ({
  key: spot.key, drawn: spotSays(spot), make: () => spotTile(spot),
  wanted: spot.order && spot.incident.incident_id ? forIncident(spot.incident.incident_id, spot.order.code) : undefined,
});

/** @returns {Shown} */
const placed = ({ camera: code, live }) => ({
  key: `placed-${code}`, drawn: hangs.names[code] ?? "", make: () => placedTile({ code, name: hangs.names[code] ?? "", group: "watch" }),
  wanted: { group: "watch", code, reason: { kind: "watch" }, smart: !live },
});

/** @param {number} id @param {number} place @returns {Shown | null} null: this stop has fewer cameras than the tour has places */
function touring(id, place) {
  const one = hangs.tours.find((each) => each.id === id);
  const run = runs.get(id);
  const code = one?.stops[run?.at ?? 0]?.cameras[turn(hangs, place)];
  if (!one || !run || !code || !due(one)) return null;
  const group = `tour:${id}:${run.visit}`;
  return {
    key: `${group}-${place}`, drawn: "",
    make: () => placedTile({ code, name: hangs.names[code] ?? "", group, says: stopSays(one, run.at) }),
    wanted: { group, code, kind: "tour", reason: { kind: "tour", reference: one.name, text: one.purpose } },
  };
}

/** @param {number} place @returns {Shown} */
const free = (place) => ({ key: `free-${place}`, drawn: "", make: () => freeTile(place === firstFree()) });

const firstFree = () => (hangs.size ? hangs.cells.indexOf(null) : 0);

/** @param {Shown} shown */
function tileOf({ key, drawn, make }) {
  if (tiles.get(key)?.drawn !== drawn) tiles.set(key, { root: make(), drawn });
  return tiles.get(key).root;
}

/** What is real, in one line: exercises are counted apart. @param {import("../room/order.js").Card[]} open */
function calling(open) {
  if (open.length === 0) return gettext("Nobody is calling.");
  const unseen = hangs.size ? Math.max(0, open.filter(({ row }) => !hangs.given_back.includes(row.incident_id)).length - hanging.open(hangs).length) : 0;
  const toTake = open.filter((card) => isWaiting(card.row)).length;
  const unanswered = open.filter((card) => isUnanswered(card.row)).length;
  return [
    fill(ngettext("%(n)s open", "%(n)s open", open.length), { n: open.length }),
    toTake ? fill(ngettext("%(n)s not taken", "%(n)s not taken", toTake), { n: toTake }) : gettext("all taken"),
    ...(unseen ? [fill(ngettext("no tile free for %(n)s", "no tile free for %(n)s", unseen), { n: unseen })] : []),
    ...(unanswered ? [fill(ngettext("%(n)s not answered", "%(n)s not answered", unanswered), { n: unanswered })] : []),
  ].join(" · ");
}

function tick() {
  if (hangs.tours.length && ready) goOn();
  say(part("clock"), time(clock.now()));
  say(part("date"), date(clock.now()));
  for (const one of grid.querySelectorAll("[data-since]")) say(one, age(clock.since(one.dataset.since)));
  corners(grid, holds, clock.now());
  const quiet = part("quiet");
  if (quiet) say(quiet, quietSince === null ? "" : fill(gettext("Quiet for %(age)s"), { age: age((clock.now() - quietSince) / 1000) }));
}

/** Who steers what, as it is now: facts change it from here on. */
async function readHolds() {
  try {
    holds.take(await ask("cameras/holds/"));
    corners(grid, holds, clock.now());
  } catch {
    setTimeout(readHolds, HOLDS_AGAIN);
  }
}

/** Outside its hours the place of a tour is free. @param {hanging.Tour} one */
const due = (one) => isDue(one.hours, clock.now(), zone);

/** The stops of tours change by the clock, not by the log; so do their hours. */
function goOn() {
  const stand = () => hangs.tours.map((one) => `${runs.get(one.id)?.visit} ${due(one)}`).join();
  tour(new Set(seated.values()));
  if (stand() !== stood) setTimeout(draw);
  stood = stand();
}

new Link({
  url: config.urls.ws, stateUrl: config.urls.state, clock, last: () => state.last, pingEvery: 1000,
  onMessage: (message) => {
    if (message.type === "facts") inbox.push(message.facts);
  },
  onSnapshot: (snapshot) => {
    state = rebase(state, snapshot);
    hangs = { ...hanging.nothing(config.room), ...snapshot.wall };
    ready = true;
    draw();
    inbox.start();
    readHolds();
  },
  onView: (view) => {
    bar.show(view);
    const stale = !["live", "polling"].includes(view.name) && ready;
    mark(grid, "data-stale", stale ? "yes" : null);
    if (stale) for (const words of grid.querySelectorAll("[data-part=stale]")) say(words, gettext("Not live: old picture"));
  },
  onEnd: (why) => why === "signed-out" && setTimeout(() => location.reload(), 5000),
});
everySecond(clock, tick);
