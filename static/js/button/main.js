// An alert button that is a web page.

import { Call } from "./call.js";
import { call as ask, link, linkState, Unreachable, useKey } from "./centre.js";
import { cue } from "./cues.js";
import { Follower } from "./follow.js";
import { holdable } from "./hold.js";
import { Outbox } from "./outbox.js";
import * as place from "./place.js";
import { $, show, shown } from "./screens.js";
import { bindSettings } from "./settings.js";
import { bindSetup, keyInAddress, tryKey } from "./setup.js";
import * as store from "./store.js";
import { Talk } from "./talk.js";
import { bindTrial } from "./trial.js";
import { clock, day, say, write } from "./words.js";

const { alerts, device: devicePath, heartbeats, worker } = document.body.dataset;
const LOOK_MS = 60_000;
const BEAT_MS = 300_000;
const TEST_DUE_MS = 31 * 24 * 3600 * 1000;
const HEARD_MS = 5_000;

let device = null;
const outbox = new Outbox();
const follower = new Follower(alerts);
const talk = new Talk(outbox);
const call = new Call({ outbox, follower, talk, alerts, home });

function home() {
  if (!device) return show("setup");
  writeReady();
  show("ready");
  look();
}

function ready(found) {
  device = found;
  home();
  if (found.open_alert) call.follow(found.open_alert);
}

/** Is the centre there, and is this button in service? */
async function look() {
  if (!device || document.visibilityState !== "visible") return;
  try {
    const { status, body } = await ask(devicePath);
    if (status === 200) {
      device = body;
      await store.keep("device", body);
      if (body.open_alert && !call.going) call.follow(body.open_alert);
    } else if (status === 401) {
      return unknown(body);
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  writeReady();
}

/** The key was revoked: say so, and ask for another. A message that waits stays refused, not silently lost. */
function unknown(problem) {
  if (call.going) return;
  show("setup");
  $("setup-said").textContent = `${problem.title ?? ""} ${problem.what_to_do ?? ""}`.trim();
  $("setup-said").hidden = false;
}

function writeReady() {
  if (!device) return;
  $("site").textContent = device.site.name;
  $("label").textContent = device.label || device.site.address;
  delete $("label").dataset.t;
  $("exercise").hidden = !device.exercise;
  const state = linkState();
  const warning = !device.in_service
    ? "out_of_service"
    : { none: "ready_offline", away: "ready_away" }[state];
  $("ready-note").hidden = !warning;
  $("ready-note").className = `notice ${device.in_service ? "note" : "refused"}`;
  if (warning) say($("ready-note"), warning);
  const tested = device.last_test_at;
  const due = tested && Date.now() - new Date(tested) > TEST_DUE_MS;
  const when = tested ? `${day(tested)}, ${clock(tested)}` : "";
  say($("last-test"), tested ? (due ? "test_due" : "last_test") : "never_tested", { time: when });
  $("last-test").classList.toggle("due", Boolean(due || !tested));
}

function writeLink() {
  const state = linkState();
  $("link").dataset.link = state;
  say($("link").lastElementChild, `link_${state}`);
  if (shown() === "ready") writeReady();
}

async function beat() {
  if (!device || document.visibilityState !== "visible" || linkState() === "none") return;
  const battery = await navigator.getBattery?.().catch(() => null);
  const body = battery ? { battery_percent: Math.round(battery.level * 100) } : {};
  await ask(heartbeats, { method: "POST", body: JSON.stringify(body) }).catch((error) => {
    if (!(error instanceof Unreachable)) throw error;
  });
}

function bindPress() {
  let seeking = place.look();
  const how = $("press-how");
  let calm;
  const tell = (name) => {
    clearTimeout(calm);
    say(how, name);
    if (name !== "hold") calm = setTimeout(() => say(how, "hold"), HEARD_MS);
  };
  const hold = (button, words) =>
    holdable(button, {
      begin: () => {
        cue("down");
        seeking = place.look();
        words("holding");
      },
      sure: () => {
        words("hold");
        call.press(seeking.known());
      },
      early: () => words("hold_more"),
      arm: () => words("hold_again"),
    });
  hold($("press"), tell);
  hold($("again"), (name) => say($("again").firstElementChild, name === "hold" || name === "hold_more" ? "call_again" : name));
  document.addEventListener("language", () => tell("hold"));
}

/** Day and night as the phone has it. */
function bindTheme() {
  const light = matchMedia("(prefers-color-scheme: light)");
  const follow = () => (document.documentElement.dataset.theme = light.matches ? "day" : "night");
  light.addEventListener("change", follow);
  follow();
}

function bindWorker() {
  navigator.serviceWorker?.register(worker, { scope: location.pathname }).catch(() => {
    // Without it the page still calls; it only cannot open without a network.
  });
}

async function begin() {
  bindTheme();
  write();
  bindPress();
  bindSetup(devicePath, ready);
  bindTrial(alerts, (at) => {
    device.last_test_at = at;
    writeReady();
  });
  bindSettings({
    home,
    forgotten: () => {
      device = null;
      useKey(null);
      location.reload();
    },
  });
  link.addEventListener("change", writeLink);
  link.addEventListener("back", look);
  document.addEventListener("language", () => {
    writeReady();
    writeLink();
  });
  document.addEventListener("visibilitychange", look);
  addEventListener("hashchange", () => given(keyInAddress()));
  bindWorker();
  await restore();
  writeLink();
  setInterval(look, LOOK_MS);
  setInterval(beat, BEAT_MS);
}

function given(key) {
  if (key) tryKey(key, devicePath, ready);
}

async function restore() {
  const key = keyInAddress();
  useKey((await store.kept("key")) ?? null);
  device = (await store.kept("device")) ?? null;
  if (device) {
    home();
    const press = (await outbox.pump()).find((item) => item.kind === "press");
    const following = await store.kept("following");
    if (press) call.resume(press);
    else if (following) call.follow(following);
    beat();
  } else {
    show("setup");
  }
  if (key) {
    $("key").value = key;
    await tryKey(key, devicePath, ready);
  }
}

begin();
