// The screen of a call: what happened last, what happens next, from the press to its end.

import { linkState, now } from "./centre.js";
import { cue } from "./cues.js";
import { $, show, sure } from "./screens.js";
import * as store from "./store.js";
import { clock, say } from "./words.js";

export class Call {
  #press = null; // the message of the press while the centre has not answered it
  #nextAt = null;
  #alert = null;
  #refusal = null;
  #pressedAt = null;
  #lostSince = null;

  constructor({ outbox, follower, talk, alerts, home }) {
    Object.assign(this, { outbox, follower, talk, alerts, home });
    for (const name of ["sent", "waiting", "trying", "replaced", "refused"]) {
      outbox.addEventListener(name, ({ detail }) => this.#hear(name, detail));
    }
    follower.addEventListener("seen", ({ detail }) => this.#see(detail));
    follower.addEventListener("lost", ({ detail }) => this.#lose(detail.since));
    follower.addEventListener("gone", () => this.end());
    document.addEventListener("language", () => this.#write());
    $("mistake").addEventListener("click", () => this.#mistake());
    $("stop").addEventListener("click", () => this.#stop());
    $("done").addEventListener("click", () => this.end());
    setInterval(() => this.#tick(), 500);
  }

  get going() {
    return Boolean(this.#press || this.#alert || this.#refusal);
  }

  /** Somebody held the button. The message goes out before the screen changes. */
  press(point) {
    const at = now();
    const body = { kind: "press", at: at.toISOString(), ...(point && { point }) };
    this.outbox.add({ kind: "press", path: this.alerts, body });
    this.#refusal = null;
    if (this.#alert?.closed) this.#alert = null;
    this.#pressedAt ??= at;
    this.talk.begin();
    this.#press = { pressedAt: at.toISOString() };
    this.#write();
    show("call");
  }

  /** A press of an earlier life of this page, still to be sent. */
  resume(item) {
    this.#press = item;
    this.#pressedAt = new Date(item.pressedAt);
    this.#write();
    show("call");
  }

  /** An alert of this device that the centre still has open. */
  follow(id) {
    this.follower.start(id);
    store.keep("following", id);
  }

  end() {
    this.follower.stop();
    store.forget("following");
    this.talk.open(null);
    this.#press = this.#alert = this.#refusal = this.#pressedAt = this.#lostSince = null;
    this.home();
  }

  #hear(what, { item, answer, problem, nextAt }) {
    if (item.kind === "cancel" && what === "sent") this.follower.hurry();
    if (item.kind !== "press") return;
    this.#pressedAt ??= new Date(item.pressedAt);
    if (what === "sent") {
      this.#press = null;
      this.#alert = this.#alert?.id === answer.id ? this.#alert : { ...answer, presses: 1, messages: [] };
      this.follow(answer.id);
      this.follower.hurry();
      cue("sent");
    } else if (what === "refused") {
      this.#press = null;
      this.#refusal = problem;
      cue("failed");
    } else {
      if (what === "waiting" && item.tries === 1) cue("failed");
      this.#press = item;
      this.#nextAt = nextAt ?? null;
    }
    this.#write();
    show("call");
  }

  #see(alert) {
    const before = this.#alert;
    this.#alert = alert;
    this.#lostSince = null;
    this.#pressedAt ??= new Date(alert.received_at);
    this.talk.open(`${this.alerts}${alert.id}/talk/`);
    const news = this.talk.show(alert.messages);
    if (news || (before && before.taken !== alert.taken) || (before && !before.closed && alert.closed)) cue("news");
    if (alert.closed) {
      this.follower.stop();
      store.forget("following");
      this.talk.end();
    }
    this.#write();
    show("call");
  }

  #lose(since) {
    this.#lostSince = since;
    this.#write();
  }

  async #mistake() {
    if (!(await sure("mistake_sure", "mistake_yes"))) return;
    await this.outbox.add({ kind: "cancel", path: this.alerts, body: { kind: "cancel", at: now().toISOString() } });
  }

  async #stop() {
    const item = this.#press;
    if (!item || !(await sure("waiting_stop_sure", "waiting_stop_yes"))) return;
    if (item !== this.#press) return;
    await this.outbox.drop(item);
    this.#press = null;
    if (this.#alert) this.#write();
    else this.end();
  }

  #state() {
    if (this.#alert?.closed) return "closed";
    if (this.#alert) return this.#alert.cancelled ? "mistaken" : this.#alert.taken ? "taken" : "received";
    if (this.#refusal) return "refused";
    return this.#press?.tries ? "waiting" : "sending";
  }

  #write() {
    const state = this.#state();
    const alert = this.#alert;
    const status = $("status");
    status.dataset.state = state;
    const times = {
      received: alert?.received_at,
      taken: alert?.taken_at,
      closed: alert?.closed_at,
    };
    say($("headline"), state, { time: times[state] ? clock(times[state]) : "" });
    say($("whatnext"), `${state}_next`, { time: times[state] ? clock(times[state]) : "" });
    if (state === "refused") this.#writeRefusal();
    this.#writeSteps(times);
    $("dial").hidden = state !== "waiting" && state !== "refused";
    $("lost").hidden = !(this.#lostSince && alert && !alert.closed);
    if (!$("lost").hidden) say($("lost"), "lost", { time: clock(this.#lostSince) });
    const over = state === "closed" || state === "refused";
    $("done").hidden = !over;
    $("mistake").hidden = over || !alert || state === "mistaken";
    $("stop").hidden = state !== "waiting";
    $("again").hidden = state === "sending" || state === "waiting" || state === "closed";
    this.#tick();
  }

  #writeRefusal() {
    const why = [this.#refusal.title, this.#refusal.what_to_do].filter(Boolean).join(" ");
    if (why) $("whatnext").textContent = why;
  }

  #writeSteps(times) {
    const all = { pressed: this.#pressedAt, ...times };
    let reached = true;
    for (const node of $("steps").children) {
      const at = all[node.dataset.step];
      node.querySelector("time").textContent = at ? clock(at) : "";
      node.dataset.done = at ? "yes" : reached ? "next" : "no";
      reached = Boolean(at);
    }
    const facts = [];
    if (this.#alert?.number) facts.push(["number", { number: this.#alert.number }]);
    if (this.#alert?.presses > 1) facts.push(["presses", { n: this.#alert.presses }]);
    if (this.#alert && this.#press) facts.push(["again_queued", {}]);
    $("facts").replaceChildren(
      ...facts.map(([name, values]) => {
        const node = document.createElement("span");
        say(node, name, values);
        return node;
      }),
    );
  }

  #tick() {
    if (this.#state() !== "waiting") return say($("trying"), "");
    const left = Math.ceil(((this.#nextAt ?? 0) - Date.now()) / 1000);
    if (linkState() === "none") say($("trying"), "link_none");
    else if (left > 0) say($("trying"), "waiting_in", { seconds: left });
    else say($("trying"), "waiting_now");
  }
}
