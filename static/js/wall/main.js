/** The video wall: follows the log by itself, shows the cameras of the alerts, and says at once when it is not live. */
import { Board } from "../pictures/board.js";
import { aim } from "../room/aim.js";
import { holderTag, nature } from "../room/card.js";
import { ServerClock, everySecond } from "../room/clock.js";
import { el, inOrder, mark, say } from "../room/elements.js";
import { age, date, time } from "../room/format.js";
import { Inbox } from "../room/inbox.js";
import { Link } from "../room/link.js";
import { LinkBar } from "../room/linkbar.js";
import { cards } from "../room/order.js";
import { given, part } from "../room/page.js";
import { empty, isUnanswered, isWaiting, rebase, reduce } from "../room/store.js";
import { because } from "../room/reasons.js";
import { why } from "../room/tiles.js";
import { fill, gettext, ngettext } from "../room/words.js";
import { sizeAsked, sizeFor, spots } from "./spots.js";

const config = given("wall-config");
const asked = sizeAsked(new URLSearchParams(location.search).get("tiles"));
const USUAL_FIELD = 40;

const clock = new ServerClock();
const bar = new LinkBar(document.querySelector(".bar"), part("link"), clock);
const grid = part("grid");
const pictures = new Board({ root: grid, now: () => clock.now(), screen: "wall" });
/** @type {Map<string, {root: HTMLElement, drawn: string}>} */
const tiles = new Map();
let state = empty();
let ready = false;
let quietSince = null;
const inbox = new Inbox((facts) => {
  state = reduce(state, facts).state;
  draw();
});

function draw() {
  const size = asked ?? sizeFor(state);
  const wanted = spots(state, size);
  grid.style.setProperty("--side", String(Math.sqrt(size)));
  for (const key of [...tiles.keys()]) if (!wanted.some((spot) => spot.key === key)) tiles.delete(key);
  const shown = wanted.map(spotTile);
  while (shown.length < size) shown.push(calm(shown.length));
  inOrder(grid, shown);
  pictures.want(wanted.flatMap(({ incident, order }) => (order && incident.incident_id ? [{ incident: incident.incident_id, code: order.code }] : [])));
  const { real, exercise } = cards(state);
  if (real.length + exercise.length === 0) quietSince ??= clock.now();
  else quietSince = null;
  say(part("calling"), calling(real));
  say(part("exercises"), exercise.length === 0 ? "" : fill(ngettext("%(n)s exercise", "%(n)s exercises", exercise.length), { n: exercise.length }));
  tick();
}

/** What is real, in one line: exercises are counted apart. @param {import("../room/order.js").Card[]} open */
function calling(open) {
  if (open.length === 0) return gettext("Nobody is calling.");
  const toTake = open.filter((card) => isWaiting(card.row)).length;
  const unanswered = open.filter((card) => isUnanswered(card.row)).length;
  return [
    fill(ngettext("%(n)s open", "%(n)s open", open.length), { n: open.length }),
    toTake ? fill(ngettext("%(n)s not taken", "%(n)s not taken", toTake), { n: toTake }) : gettext("all taken"),
    ...(unanswered ? [fill(ngettext("%(n)s not answered", "%(n)s not answered", unanswered), { n: unanswered })] : []),
  ].join(" · ");
}

function spotTile({ key, incident, order }) {
  const [held, look] = holderTag(incident, { user_id: 0 }, new Map());
  const drawn = JSON.stringify([incident.priority, incident.place_label, order, held, order ? 0 : incident.left_out]);
  const known = tiles.get(key);
  if (known?.drawn === drawn) return known.root;
  const root = el("section", { class: `tile p${incident.priority}${incident.exercise ? " ex" : ""}`, "aria-label": [incident.place_label, order?.code].filter(Boolean).join(" · "), "data-camera": order?.code, "data-incident": incident.incident_id },
    el("span", { class: "top" },
      el("span", { class: "place-name" }, el("span", { class: "shape" }, el("i", null, String(incident.priority))), el("b", null, incident.place_label)),
      el("span", { class: "age", "data-since": incident.since })),
    order ? aim(order, { priority: incident.priority, hfov: USUAL_FIELD }) : noPicture(incident),
    el("span", { class: "bot" },
      el("span", { class: order ? "why" : "what" }, order ? `${order.code} · ${why(order)}` : nature(incident)),
      el("span", { class: "held" },
        incident.exercise && el("span", { class: "tag ex" }, gettext("exercise")), el("span", { class: `tag ${look}` }, held))),
    el("span", { class: "stale-since", "data-part": "stale" }));
  tiles.set(key, { root, drawn });
  return root;
}

/** No camera turned: those near, each with its reason. */
function noPicture({ left_out: leftOut = [] }) {
  if (leftOut.length === 0) return el("p", { class: "calm" }, gettext("No camera sees this place"));
  return el("div", { class: "calm" }, el("p", null, gettext("No camera turned, and why")),
    el("ul", null, leftOut.slice(0, 3).map((one) => el("li", null, el("b", null, one.code), ` ${because(one)}`))));
}

function calm(index) {
  const key = `calm-${index}`;
  if (!tiles.has(key)) {
    tiles.set(key, { root: el("section", { class: "tile calm" }, index === 0 ? el("p", null, el("b", { "data-part": "quiet" })) : ""), drawn: "" });
  }
  return tiles.get(key).root;
}

function tick() {
  say(part("clock"), time(clock.now()));
  say(part("date"), date(clock.now()));
  for (const one of grid.querySelectorAll("[data-since]")) say(one, age(clock.since(one.dataset.since)));
  const quiet = part("quiet");
  if (quiet) say(quiet, quietSince === null ? "" : fill(gettext("Quiet for %(age)s"), { age: age((clock.now() - quietSince) / 1000) }));
}

new Link({
  url: config.urls.ws, stateUrl: config.urls.state, clock, last: () => state.last, pingEvery: 1000,
  onMessage: (message) => {
    if (message.type === "facts") inbox.push(message.facts);
  },
  onSnapshot: (snapshot) => {
    state = rebase(state, snapshot);
    ready = true;
    draw();
    inbox.start();
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
