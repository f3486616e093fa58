// The lock of the screen (templates/accounts/_lock.html): after the delay, or on lockNow(), a modal dialog lies
// over the page, which stays visible and is inert. The server refuses acts meanwhile; pictures go on. The lock
// is in the session: it survives a reload and holds in every tab.

import { IdleClock, fill } from "./idle-clock.js";

const CHANNEL = "nice-screen-lock";
const STATE_EVERY_MS = 30_000;
const TELL_TABS_EVERY_MS = 5_000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

class ScreenLock {
  constructor(dialog) {
    this.dialog = dialog;
    this.form = dialog.querySelector("[data-unlock]");
    this.input = this.form.querySelector("[name=password]");
    this.error = dialog.querySelector("[role=alert]");
    this.clock = new IdleClock(Number(dialog.dataset.idleSeconds), Date.now());
    this.locked = false;
    this.owed = false; // the server has not yet heard that this page is locked
    this.toldTabsAt = 0;
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
  }

  start() {
    for (const kind of INPUTS) {
      window.addEventListener(kind, () => this.noteActivity(), { capture: true, passive: true });
    }
    // While locked, the page's own keys must not hear what is typed into the dialog.
    for (const kind of ["keydown", "keyup", "keypress"]) {
      window.addEventListener(kind, (event) => this.keepKey(event), { capture: true });
    }
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    // Browsers close a dialog on a second Escape whatever the page says: open it again.
    this.dialog.addEventListener("close", () => this.locked && this.dialog.showModal());
    this.form.addEventListener("submit", (event) => this.unlock(event));
    document.addEventListener("visibilitychange", () => document.hidden || this.tick());
    document.addEventListener("screen-locked", () => this.show()); // htmx was answered 423
    if (this.channel) this.channel.onmessage = (event) => this.told(event.data);
    setInterval(() => this.tick(), 1000);
    setInterval(() => this.askState(), STATE_EVERY_MS);
    if (this.dialog.dataset.locked === "yes") this.show();
  }

  noteActivity(now = Date.now()) {
    if (this.locked) return;
    this.clock.heard(now);
    if (now - this.toldTabsAt > TELL_TABS_EVERY_MS) {
      this.toldTabsAt = now;
      this.channel?.postMessage("active");
    }
  }

  keepKey(event) {
    if (!this.locked) return;
    event.stopImmediatePropagation();
    if (event.key === "Escape") event.preventDefault();
  }

  told(what) {
    if (what === "active") this.clock.heard(Date.now());
    if (what === "locked") this.show();
    if (what === "unlocked") this.hide();
  }

  tick(now = Date.now()) {
    if (this.locked) return;
    if (this.clock.isOver(now)) this.lockNow();
    else if (this.clock.shouldReport(now)) this.sayAwake();
  }

  lockNow() {
    this.owed = true;
    this.show();
    this.channel?.postMessage("locked");
    return this.sayLocked();
  }

  async sayLocked() {
    try {
      const answer = await this.post(this.dialog.dataset.lockUrl);
      if (answer.ok) this.owed = false;
      if (answer.status === 401) this.signedOut();
    } catch {
      // Said again with the next question about the state.
    }
  }

  async sayAwake() {
    try {
      const answer = await this.post(this.dialog.dataset.awakeUrl);
      if (answer.status === 423) this.show();
    } catch {
      // Said again in a minute.
    }
  }

  async askState() {
    if (this.owed) await this.sayLocked();
    let answer;
    try {
      answer = await fetch(this.dialog.dataset.stateUrl, { headers: { Accept: "application/json" } });
    } catch {
      return;
    }
    if (answer.status === 401) return this.signedOut();
    if (!answer.ok) return undefined;
    const state = await answer.json();
    if (state.locked) this.show();
    else if (!this.owed) this.hide();
    this.showSeat(state.seat_lost);
    return undefined;
  }

  show() {
    if (this.locked) return;
    this.locked = true;
    this.error.textContent = "";
    this.input.value = "";
    if (!this.dialog.open) this.dialog.showModal();
    this.input.focus();
    document.dispatchEvent(new CustomEvent("screen:locked"));
  }

  hide() {
    if (!this.locked) return;
    this.locked = false;
    this.input.value = "";
    this.clock.restart(Date.now());
    this.dialog.close();
    document.dispatchEvent(new CustomEvent("screen:unlocked"));
  }

  async unlock(event) {
    event.preventDefault();
    this.error.textContent = "";
    try {
      const answer = await this.post(this.form.action, new FormData(this.form));
      if (answer.ok) {
        this.owed = false;
        this.hide();
        this.channel?.postMessage("unlocked");
        return;
      }
      if (answer.status === 401) {
        this.signedOut();
        return;
      }
      const problem = await answer.json();
      this.error.textContent = [problem.title, problem.what_to_do].filter(Boolean).join(" ");
    } catch {
      this.error.textContent = this.dialog.dataset.offline;
    }
    this.input.select();
  }

  showSeat(lost) {
    const notice = document.getElementById("seat-lost");
    if (!notice) return;
    notice.hidden = !lost;
    if (!lost) return;
    const text = lost.by ? notice.dataset.by : notice.dataset.gone;
    notice.querySelector("span").textContent = fill(text, { person: lost.by, seat: lost.seat });
    document.dispatchEvent(new CustomEvent("seat:lost", { detail: lost }));
  }

  signedOut() {
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${this.dialog.dataset.signInUrl}?next=${here}`);
  }

  post(url, body = new FormData()) {
    body.set("csrfmiddlewaretoken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
    return fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
  }
}

const dialog = document.getElementById("screen-lock");
const lock = dialog ? new ScreenLock(dialog) : null;
lock?.start();

/** Lock at once (a key of the room, leaving the chair). */
export function lockNow() {
  return lock?.lockNow();
}

/** Something that is not a key or a pointer moved: a joystick. */
export function noteActivity() {
  lock?.noteActivity();
}

export function isLocked() {
  return Boolean(lock?.locked);
}
