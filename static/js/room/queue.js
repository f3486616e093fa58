/** The queue on the left: keyed cards that never move under the pointer or the keyboard. */
import { makeCard, showCard, tickCard } from "./card.js";
import { inOrder, say } from "./elements.js";
import { age, shortTime } from "./format.js";
import { arrange, cards, walk } from "./order.js";
import { isWaiting } from "./store.js";
import { fill, gettext, ngettext } from "./words.js";

const KEYBOARD_HOLD = 4000;

export class Queue {
  /**
   * @param {HTMLElement} root
   * @param {{clock: import("./clock.js").ServerClock, me: any, presence: import("./presence.js").Presence,
   *         onSelect: (key: string) => void, onTake: () => void}} options
   */
  constructor(root, { clock, me, presence, onSelect, onTake }) {
    Object.assign(this, { root, clock, me, presence, onSelect, onTake });
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.parts = Object.fromEntries(
      ["count", "real", "exercise", "exercise-box", "exercise-count", "closed", "closed-count", "empty", "worth", "strip", "scroll"]
        .map((name) => [name, part(name)]),
    );
    this.cards = new Map();
    this.orders = { real: [], exercise: [] };
    this.selected = null;
    this.state = null;
    this.pointerInside = false;
    this.keyAt = -Infinity;
    this.seen = new Set();
    this.watch();
  }

  watch() {
    const scroll = this.parts.scroll;
    scroll.addEventListener("pointerenter", () => { this.pointerInside = true; });
    scroll.addEventListener("pointerleave", () => { this.pointerInside = false; this.render(); });
    scroll.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]")?.dataset.key;
      if (key) this.onSelect(key);
    });
    scroll.addEventListener("keydown", (event) => {
      const key = event.target.closest("[data-key]")?.dataset.key;
      if (event.key !== "Enter" || !key || key !== this.selected) return;
      event.preventDefault();
      this.onTake();
    });
    this.parts.strip.addEventListener("click", () => this.settle());
    this.visible = new Set();
    this.observer = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        const card = this.cards.get(target.dataset.key);
        if (!card) continue;
        if (isIntersecting) this.visible.add(card);
        else this.visible.delete(card);
        if (isIntersecting) tickCard(card, this.clock);
      }
    }, { root: scroll, rootMargin: "120px" });
  }

  get held() {
    const keyboardInside = this.parts.scroll.contains(document.activeElement) && performance.now() - this.keyAt < KEYBOARD_HOLD;
    return this.pointerInside || keyboardInside;
  }

  /** @param {import("./store.js").State} state */
  show(state) {
    this.state = state;
    this.render();
  }

  render() {
    if (!this.state) return;
    const wanted = cards(this.state);
    const byKey = new Map([...wanted.real, ...wanted.exercise, ...wanted.closed].map((card) => [card.key, card]));
    const same = this.movedHome();
    let outOfPlace = 0;
    for (const group of ["real", "exercise"]) {
      const keys = wanted[group].map((card) => card.key);
      const placed = arrange(this.orders[group], keys, { held: this.held, selected: this.selected, same });
      this.orders[group] = placed.order;
      outOfPlace += placed.outOfPlace;
      this.draw(this.parts[group], placed.order, byKey, placed.gone, same);
    }
    const standing = new Set([...this.orders.real, ...this.orders.exercise]);
    const closed = wanted.closed.map((card) => card.key).filter((key) => !standing.has(key));
    this.draw(this.parts.closed, closed, byKey, new Set(), same);
    this.prune(new Set([...standing, ...closed]));
    this.head(wanted, outOfPlace);
  }

  /** The alerts whose incident has come: old key → new key. */
  movedHome() {
    const same = new Map();
    for (const key of this.cards.keys()) {
      const home = { a: this.state.home, s: this.state.signalHome }[key[0]];
      const incidentId = home?.get(Number(key.slice(1)));
      if (incidentId !== undefined) same.set(key, `i${incidentId}`);
    }
    for (const [from, to] of same) {
      if (!this.cards.has(to)) this.cards.set(to, this.cards.get(from));
      else this.cards.get(from).root.remove();
      this.cards.delete(from);
    }
    return same;
  }

  draw(list, keys, byKey, gone) {
    const elements = [];
    for (const key of keys) {
      const shown = byKey.get(key) ?? this.cards.get(key)?.shown;
      if (!shown) continue;
      let card = this.cards.get(key);
      if (!card) {
        card = makeCard(key);
        this.cards.set(key, card);
        this.observer.observe(card.root);
      }
      card.shown = shown;
      this.write(card, shown, { selected: key === this.selected, gone: gone.has(key) });
      if (!card.age.textContent) tickCard(card, this.clock);
      elements.push(card.root);
    }
    inOrder(list, elements);
  }

  /** Rows change by replacement, so the same row says the same: a burst rewrites only what it touches. */
  write(card, shown, { selected, gone }) {
    const drawn = [shown.row, shown.key, selected, gone, this.presence.version];
    if (card.drawn?.every((value, index) => value === drawn[index])) return;
    card.drawn = drawn;
    showCard(card, shown, {
      me: this.me, selected, gone, names: this.presence.names, people: this.presence.at(shown.row.incident_id),
    });
  }

  prune(standing) {
    for (const [key, card] of this.cards) {
      if (standing.has(key)) continue;
      this.observer.unobserve(card.root);
      this.visible.delete(card);
      card.root.remove();
      this.cards.delete(key);
    }
  }

  head(wanted, outOfPlace) {
    // Exercises are counted apart: never mixed with what is real.
    // What software signals is no alert: it is counted once a person has confirmed it.
    const called = wanted.real.filter((card) => card.kind !== "signal");
    const open = called.length;
    const waiting = called.filter((card) => isWaiting(card.row)).length;
    const signals = wanted.real.length - open;
    say(this.parts.count, open === 0 ? gettext("none open") : [
      fill(ngettext("%(n)s open", "%(n)s open", open), { n: open }),
      ...(waiting ? [fill(ngettext("%(n)s not taken", "%(n)s not taken", waiting), { n: waiting })] : []),
    ].join(" · ") + (signals ? ` · ${fill(ngettext("%(n)s to confirm", "%(n)s to confirm", signals), { n: signals })}` : ""));
    this.parts["exercise-box"].hidden = wanted.exercise.length === 0;
    say(this.parts["exercise-count"], fill(ngettext("%(n)s signal", "%(n)s signals", wanted.exercise.length), { n: wanted.exercise.length }));
    const closed = wanted.closed.filter((card) => !card.exercise);
    const founded = closed.filter(({ row }) => !["unfounded", "technical", "test"].includes(row.outcome)).length;
    const drills = wanted.closed.length;
    const none = drills ? fill(ngettext("%(n)s exercise", "%(n)s exercises", drills), { n: drills }) : gettext("none yet");
    say(this.parts["closed-count"], closed.length === 0 ? none : fill(
      gettext("%(n)s · %(percent)s founded"),
      { n: closed.length, percent: new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(founded / closed.length) },
    ));
    this.parts.strip.hidden = outOfPlace === 0;
    say(this.parts.strip, outOfPlace ? fill(ngettext("%(n)s new ↑", "%(n)s new ↑", outOfPlace), { n: outOfPlace }) : "");
    // Nobody is sent to do something else in the middle of a drill.
    this.parts.worth.hidden = wanted.exercise.length > 0;
    this.quiet(open, closed[0]?.row.closed_at);
  }

  quiet(open, since) {
    this.parts.empty.hidden = open !== 0;
    if (open !== 0) return;
    const words = since
      ? fill(gettext("Quiet for %(age)s, since %(time)s."), { age: age(this.clock.since(since)), time: shortTime(since) })
      : gettext("Nothing has called since this page was opened.");
    say(this.parts.empty.querySelector("[data-part=quiet]"), words);
  }

  /** Put everything where it belongs, now: the operator asks for it. */
  settle() {
    this.orders = { real: [], exercise: [] };
    this.render();
    this.parts.scroll.scrollTop = 0;
  }

  /** @param {string | null} key */
  select(key) {
    this.selected = key;
    if (!this.held) this.orders = { real: [], exercise: [] };
    this.render();
    this.cards.get(key)?.root.scrollIntoView({ block: "nearest" });
  }

  /** The arrows. @param {number} step @returns {string | null} */
  step(step) {
    this.keyAt = performance.now();
    const key = walk([...this.orders.real, ...this.orders.exercise], this.selected, step);
    if (key) {
      this.onSelect(key);
      this.cards.get(key)?.button.focus({ preventScroll: true });
    }
    return key;
  }

  /** Is this card drawn where the eye can reach it? @param {string} key */
  inView(key) {
    const card = this.cards.get(key)?.root;
    if (!card?.isConnected) return false;
    const { top, height } = card.getBoundingClientRect();
    const list = this.parts.scroll.getBoundingClientRect();
    const middle = top + height / 2;
    return middle > list.top && middle < list.bottom;
  }

  /** A new card that did not come forward says so for one second. @param {string} key */
  flash(key) {
    const root = this.cards.get(key)?.root;
    if (!root) return;
    root.classList.add("arrived");
    setTimeout(() => root.classList.remove("arrived"), 1000);
  }

  tick() {
    for (const card of this.visible) tickCard(card, this.clock);
    if (!this.parts.empty.hidden) this.quiet(0, this.newestClosed());
  }

  newestClosed() {
    return cards(this.state).closed.find((card) => !card.exercise)?.row.closed_at;
  }
}

