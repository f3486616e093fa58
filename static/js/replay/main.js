/** The page of recordings: one to four cameras in step on one clock, opened with a reason. */

import { fill, gettext } from "../room/words.js";
import { Areas } from "./areas.js";
import { Clock } from "./clock.js";
import { Film } from "./film.js";
import { Ground } from "./ground.js";
import { get, post } from "./server.js";
import { Timeline } from "./timeline.js";

const BEFORE_MS = 2 * 60_000;
const AFTER_MS = 28 * 60_000;
const RENEW_MS = 25_000;
const PRE_MS = 30_000;
/** A step where nothing is recorded. */
const STEP_MS = 40;

const config = JSON.parse(document.getElementById("replay-config").textContent);
const zone = document.documentElement.dataset.timeZone;
const language = document.documentElement.lang;
const id = (name) => document.getElementById(name);
const clock = new Clock();
let films = [];
let looks = [];
let day = { cameras: [], alerts: [], bookmarks: [] };
let opening = 0;
const marked = { from: 0, to: 0 };

const two = "2-digit";
const hours = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: "h23", hour: two, minute: two, second: two });
const date = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "short", day: "numeric", month: "long" });
const time = (at) => hours.format(at);

/** The wall time of the centre as a datetime-local field holds it. */
function local(at) {
  return new Date(at).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T");
}

/** The moment a datetime-local field means in the centre's zone. */
function moment(value) {
  const guess = Date.parse(`${value}Z`);
  const off = Date.parse(`${local(guess)}Z`) - guess;
  const first = guess - off;
  return guess - (Date.parse(`${local(first)}Z`) - first);
}

function say(text) {
  id("said").hidden = !text;
  id("said").textContent = text;
}

const windowLine = new Timeline(id("window"), (at) => clock.seek(at), time);
windowLine.drags = true;
const dayLine = new Timeline(id("day"), (at) => jump(at), time);
const ground = new Ground(id("map"), { url: id("map").dataset.past, clock, say });
const areas = new Areas([...document.querySelectorAll(".film")], { clock, onDrawn: () => offer() });
let marks = [];

/** Within the granted minutes the clock moves; beyond them another look is opened. */
function jump(at) {
  if (at >= clock.from && at < clock.to) {
    clock.seek(at);
  } else {
    open(at);
  }
}

function codes() {
  return id("cameras").value.toUpperCase().split(/[\s,;]+/).filter(Boolean);
}

async function open(at) {
  const mine = (opening += 1);
  say("");
  const said = {
    cameras: codes(),
    from: new Date(at - BEFORE_MS).toISOString(),
    to: new Date(at + AFTER_MS).toISOString(),
    reason: id("reason").value,
    reference: id("reference").value,
    text: id("text").value,
  };
  try {
    const opened = await post(config.urls.open, said);
    if (mine !== opening) {
      return;
    }
    close();
    looks = opened.looks;
    say(Object.values(opened.refused).map((why) => why.title).join(" "));
    await show(at);
  } catch (error) {
    say(error.message);
  }
}

async function show(at) {
  const from = Math.min(...looks.map((look) => Date.parse(look.from)));
  const to = Math.max(...looks.map((look) => Date.parse(look.to)));
  if (!looks.length) {
    return;
  }
  Object.assign(clock, { from, to });
  clock.seek(at);
  ground.open(looks);
  id("at").value = local(at);
  const figures = [...document.querySelectorAll(".film")];
  id("films").dataset.count = String(looks.length);
  figures.forEach((figure, number) => {
    figure.hidden = number >= looks.length;
  });
  films = looks.map((look, number) => new Film(figures[number], look, from));
  await Promise.all(films.map((film) => film.open().catch((error) => film.fail(error.message))));
  await readDay();
}

async function readDay() {
  const which = new URLSearchParams({ cameras: codes().join(","), day: local(clock.at).slice(0, 10) });
  day = await get(`${config.urls.day}?${which}`);
  drawLines();
}

function drawLines() {
  const lanes = day.cameras.map((camera) => ({
    ranges: camera.ranges.map((span) => span.map(Date.parse)), kept: Date.parse(camera.kept_since),
  }));
  marks = [
    ...day.alerts.map((alert) => ({ at: Date.parse(alert.at), kind: "alert", text: `${alert.number} ${alert.title}` })),
    ...day.bookmarks.map((mark) => ({ at: Date.parse(mark.at), kind: "bookmark", text: `${mark.camera} · ${mark.label}` })),
  ].sort((one, other) => one.at - other.at);
  dayLine.show(Date.parse(day.from), Date.parse(day.ends), lanes, marks, [clock.from, clock.to]);
  windowLine.show(clock.from, clock.to, lanes, marks);
  id("window-words").textContent = `${time(clock.from)} – ${time(clock.to)}`;
  id("marks").replaceChildren(
    ...marks.map((mark) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.className = `btn quiet ${mark.kind}`;
      button.textContent = `${time(mark.at)} ${mark.text}`;
      button.addEventListener("click", () => goTo(mark));
      item.append(button);
      return item;
    }),
  );
}

/** An alert is seen from half a minute before it. */
function goTo(mark) {
  jump(mark.at - (mark.kind === "alert" ? PRE_MS : 0));
}

/** The next alert or bookmark, or the one before. @param {1 | -1} way */
function nextMark(way) {
  const from = clock.at + (way > 0 ? 500 : -2000);
  const starts = (mark) => mark.at - (mark.kind === "alert" ? PRE_MS : 0);
  const beyond = marks.filter((mark) => (starts(mark) - from) * way > 0);
  const mark = way > 0 ? beyond[0] : beyond.at(-1);
  if (mark) {
    goTo(mark);
  }
}

function close() {
  ground.close();
  for (const film of films) {
    film.close();
  }
  for (const look of looks) {
    post(config.urls.end, { token: look.token }, true).catch(() => {});
  }
  films = [];
  looks = [];
}

/** The tokens last a minute; while the page is in sight they are made anew, and asked again whether one still may. */
async function renew() {
  if (document.hidden) {
    return;
  }
  for (const look of looks) {
    try {
      Object.assign(look, await post(config.urls.renew, { token: look.token }));
    } catch (error) {
      say(error.message);
      films.find((film) => film.look === look)?.fail(error.message);
    }
  }
}

function turn(now) {
  clock.waiting = films.some((film) => !film.ready(clock.at));
  clock.tick(now);
  const runs = clock.playing && !clock.waiting;
  for (const film of films) {
    film.follow(clock.at, runs, clock.rate);
    areas.show(film.figure, film.look.camera);
  }
  if (clock.at) {
    id("clock").textContent = time(clock.at);
    id("date").textContent = date.format(clock.at);
    windowLine.move(clock.at);
    dayLine.move(clock.at);
    ground.turn(now);
  }
  const { playing } = clock;
  if (id("play").getAttribute("aria-pressed") !== String(playing)) {
    id("play").setAttribute("aria-pressed", String(playing));
    id("play").querySelector("[data-part=word]").textContent = playing ? gettext("Pause") : gettext("Play");
  }
  id("rate").textContent = `× ${clock.rate}`;
  requestAnimationFrame(turn);
}

/** The clock stops at what is on the screen: while it ran, the picture was a little before or behind it. */
function halt() {
  if (!clock.playing) {
    return;
  }
  clock.playing = false;
  const shown = films[0]?.shown ?? clock.at;
  if (Math.abs(shown - clock.at) < 1000) {
    clock.seek(shown + 1);
  }
}

/** One picture on or back; of several cameras the one that changes first does, and the others stay in step. */
function step(direction) {
  halt();
  const moments = films.flatMap((film) => film.step(clock.at, direction) ?? []);
  clock.seek(moments.length ? (direction > 0 ? Math.min(...moments) : Math.max(...moments)) : clock.at + direction * STEP_MS);
}

async function bookmark() {
  try {
    for (const look of looks) {
      const said = { camera: look.camera, at: new Date(clock.at).toISOString(), label: id("label").value };
      await post(config.urls.bookmarks, said);
    }
    await readDay();
  } catch (error) {
    say(error.message);
  }
}

/** The address of the form of an extraction, once from and to are marked. */
function offer() {
  if (!config.may_ask) {
    return;
  }
  id("areas-clear").hidden = id("areas-another").hidden = !areas.count;
  if (marked.from && marked.to > marked.from) {
    const query = new URLSearchParams({
      cameras: codes().join(","),
      from: new Date(marked.from).toISOString(),
      to: new Date(marked.to).toISOString(),
      reason: id("reason").value,
      reference: id("reference").value,
    });
    if (areas.count) {
      query.set("sharp", JSON.stringify(areas.said()));
    }
    id("extract").href = `${config.urls.ask}?${query}`;
    id("extract").hidden = false;
  }
}

function mark(end) {
  marked[end] = clock.at;
  offer();
  say(
    fill(gettext("From %(from)s to %(to)s"), {
      from: marked.from ? time(marked.from) : "…",
      to: marked.to ? time(marked.to) : "…",
    }),
  );
}

async function outside() {
  try {
    const made = await Promise.all(looks.map((look) => post(config.urls.link, { token: look.token })));
    id("link").hidden = false;
    id("link").textContent = made.map((one) => one.url).join(" ");
  } catch (error) {
    say(error.message);
  }
}

const acts = {
  play: () => {
    if (clock.playing) {
      halt();
    } else {
      clock.playing = looks.length > 0;
    }
  },
  back: () => jump(clock.at - 5000),
  forward: () => jump(clock.at + 5000),
  "frame-back": () => step(-1),
  "frame-forward": () => step(1),
  "alert-back": () => nextMark(-1),
  "alert-forward": () => nextMark(1),
  slower: () => clock.faster(-1),
  faster: () => clock.faster(1),
  bookmark,
  "mark-in": () => mark("from"),
  "mark-out": () => mark("to"),
  areas: () => {
    const on = areas.draw();
    id("areas").setAttribute("aria-pressed", String(on));
    say(on ? gettext("Draw an area with the pointer; or arrows move it, Shift and arrows size it, Enter keeps it. Tab goes to the next picture.") : "");
    halt();
  },
  "areas-another": () => areas.another(),
  "areas-clear": () => areas.clear(),
  outside,
};
for (const [name, act] of Object.entries(acts)) {
  id(name)?.addEventListener("click", act);
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (button && !(key === " " && event.target.closest("button, a") && event.target !== button)) {
    event.preventDefault();
    button.click();
  }
});
id("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  open(moment(id("at").value));
});
window.addEventListener("pagehide", close);
setInterval(renew, RENEW_MS);

const asked = config.at ? Date.parse(config.at) - config.pre * 1000 : Date.now() - 5 * 60_000;
id("at").value = local(asked);
if (config.at && config.cameras.length && id("reference").value) {
  open(asked).then(() => {
    clock.playing = looks.length > 0;
  });
}
requestAnimationFrame(turn);
// For the tests of a real browser.
globalThis.replay = { clock, films: () => films, ground };
