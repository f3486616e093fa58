/** The incident on the right: rendered by the server, kept in place here (draft, focus, scroll, open parts). */
import { nature } from "./card.js";
import { Drafts } from "./drafts.js";
import { el, say } from "./elements.js";
import { age, time } from "./format.js";
import { Reading } from "./reading.js";
import { isUnanswered } from "./store.js";
import { fill, gettext } from "./words.js";

const REACHED = "a[href], button, input, select, textarea, summary, [tabindex]";

/** Where it is: by its own name, or as the nth that Tab reaches in what has a name. */
const placeOf = (focused) => {
  const part = focused.closest("[id]");
  return { id: part.id, nth: part === focused ? -1 : [...part.querySelectorAll(REACHED)].indexOf(focused) };
};

export class Panel {
  /**
   * @param {HTMLElement} root
   * @param {{clock: import("./clock.js").ServerClock, urlOf: (id: number) => string, onGo: (key: string) => void, onTile: (code: string) => void}} options
   */
  constructor(root, { clock, urlOf, onGo, onTile }) {
    Object.assign(this, { root, clock, urlOf, onGo, onTile });
    this.nothing = root.querySelector("[data-part=nothing]");
    this.id = null;
    this.alertId = null;
    this.drafts = new Drafts();
    this.failed = false;
    this.reading = new Reading({
      onAnswer: (status, html, redirected) => this.answer(status, html, redirected), onSilence: () => this.trouble(0),
    });
    root.addEventListener("htmx:beforeRequest", () => this.reading.act());
    root.addEventListener("htmx:beforeSwap", (event) => this.afterAct(event));
    for (const trouble of ["htmx:sendError", "htmx:timeout"]) {
      root.addEventListener(trouble, () => {
        this.reading.acted();
        this.trouble(0);
      });
    }
    root.addEventListener("input", ({ target }) => {
      if (target.dataset?.draft && this.id !== null) this.drafts.keep(this.id, target.dataset.draft, target.value);
    });
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form?.requestSubmit();
    });
  }

  /** Nothing to act on yet. */
  get isLoading() {
    return this.alertId !== null || this.root.hasAttribute("aria-busy");
  }

  get writing() {
    return this.drafts.isWriting(this.id);
  }

  /** @param {number | string} id of an incident, or "s7" of a signal */
  open(id) {
    if (this.id === id) return;
    this.leave();
    this.id = id;
    this.alertId = null;
    this.failed = false;
    this.root.setAttribute("aria-busy", "true");
    // What still stands here is another incident: no key may act on it meanwhile.
    for (const old of this.root.children) old.inert = true;
    this.reading.open(this.urlOf(id));
  }

  /** Something about this incident changed. */
  refresh() {
    this.reading.again();
  }

  /** An alert that has no incident yet: what is known is shown at once. @param {any} alert */
  showAlert(alert) {
    if (this.alertId !== alert.alert_id) this.leave();
    this.id = null;
    this.alertId = alert.alert_id;
    this.root.replaceChildren(el("div", { class: "inc" },
      el("p", { class: "row" }, el("span", { class: `tag p${alert.priority}` }, fill(gettext("Priority %(n)s"), { n: alert.priority })),
        isUnanswered(alert) && el("span", { class: `tag unanswered of-${alert.priority}` }, gettext("not answered")),
        el("span", { class: "hint" }, alert.number)),
      el("h2", { class: "title" }, alert.place_label),
      el("p", null, [nature(alert), alert.address, fill(gettext("received %(time)s"), { time: time(alert.received_at) })].filter(Boolean).join(" · ")),
      el("p", { class: "hint" }, gettext("Its incident is being opened…"))));
  }

  clear() {
    this.leave();
    this.id = this.alertId = null;
    this.nothing.inert = false;
    this.root.replaceChildren(this.nothing);
  }

  leave() {
    this.reading.stop();
    this.root.removeAttribute("aria-busy");
    this.root.scrollTop = 0;
  }

  /** htmx sends the acts; the answer is put in place here, refusals too: they come with the panel that explains them. */
  afterAct(event) {
    const { xhr, requestConfig } = event.detail;
    event.detail.shouldSwap = false;
    const [, what, number] = /(incidents|signals)\/(\d+)\//.exec(requestConfig.path) ?? [];
    const about = what === "signals" ? `s${number}` : Number(number);
    const clears = requestConfig.elt?.closest?.("form")?.dataset.clears;
    if (xhr.status < 300 && clears) {
      for (const name of clears.split(" ")) this.drafts.drop(about, name);
      document.activeElement.blur(); // written: letters are keys again
    }
    if (about !== this.id) return; // an act on what was shown before
    this.answer(xhr.status, xhr.responseText, false);
    this.reading.acted();
  }

  /** @param {number} status @param {string} html @param {boolean} redirected to the sign-in page, that is */
  answer(status, html, redirected) {
    this.root.removeAttribute("aria-busy");
    // 423: the screen is locked; the lock's own dialog says it.
    if (status === 423) document.dispatchEvent(new Event("screen-locked"));
    else if (!redirected && html.includes("data-incident=")) this.put(html);
    else this.trouble(redirected ? 401 : status);
  }

  /** @param {string} html rendered by our own templates, never composed here */
  put(html) {
    this.failed = false;
    const focused = this.root.contains(document.activeElement) ? document.activeElement : null;
    const before = {
      id: this.root.querySelector("[data-incident]")?.dataset.incident,
      scroll: this.root.scrollTop,
      focus: focused && placeOf(focused),
      caret: focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null,
      open: [...this.root.querySelectorAll("[aria-expanded=true]")].map((part) => part.id),
    };
    this.root.innerHTML = html;
    globalThis.htmx.process(this.root);
    for (const [name, text] of this.drafts.of(this.id)) {
      const field = this.root.querySelector(`[data-draft="${name}"]`);
      if (field) field.value = text;
    }
    this.showCorrects();
    if (before.id === String(this.id)) this.restore(before);
    this.tick();
    this.root.dispatchEvent(new Event("nice:panel"));
  }

  restore({ scroll, focus, caret, open }) {
    for (const id of open) {
      const opener = this.root.querySelector(`#${CSS.escape(id)}`);
      if (opener) this.toggle(opener, true, false);
    }
    this.root.scrollTop = scroll;
    const field = focus && this.at(focus);
    field?.focus({ preventScroll: true });
    if (caret && field?.setSelectionRange && caret[0] !== null) field.setSelectionRange(...caret);
  }

  /** What stands there now: the keyboard goes on where it was, whatever was drawn anew. */
  at({ id, nth }) {
    const part = this.root.id === id ? this.root : this.root.querySelector(`#${CSS.escape(id)}`);
    return nth < 0 ? part : part?.querySelectorAll(REACHED)[nth] ?? part;
  }

  /** The server did not answer, or not with a panel: said in place, and what was there stays readable. */
  trouble(status) {
    this.root.removeAttribute("aria-busy");
    if (this.failed) return;
    this.failed = true;
    for (const old of [...this.root.children]) if (old.inert) old.remove();
    const words = {
      401: gettext("Your session has ended: sign in again."),
      0: gettext("The centre does not answer. Nothing was recorded by this act."),
      404: gettext("This incident cannot be read: it does not exist or is not yours to see."),
      503: gettext("The centre cannot write this down right now. Nothing was recorded."),
    }[status] ?? fill(gettext("The centre refused (%(status)s)."), { status });
    this.root.prepend(el("div", { class: "notice refused", role: "alert" }, el("p", null, words),
      el("p", null, el("button", { type: "button", class: "btn", "data-retry": true }, gettext("Read again")))));
  }

  retry() {
    this.failed = false;
    this.root.querySelector(".notice.refused")?.remove();
    this.root.setAttribute("aria-busy", "true");
    this.reading.open(this.urlOf(this.id));
  }

  /** Acts with a choice open it in place; a note can be corrected by a new one. */
  click(event) {
    const opener = event.target.closest("[aria-controls]");
    if (opener && this.root.contains(opener)) this.toggle(opener);
    if (event.target.closest("[data-retry]")) this.retry();
    const tile = event.target.closest("[data-tile]");
    if (tile) this.onTile(tile.dataset.tile);
    if (event.target.closest("[data-dismiss]")) event.target.closest(".notice").remove();
    const go = event.target.closest("[data-go]");
    if (go) {
      event.preventDefault();
      this.onGo(go.dataset.go);
    }
    const correct = event.target.closest("[data-corrects]");
    if (correct) this.correct(correct.dataset.corrects);
    if (event.target.closest("[data-uncorrects]")) this.correct("");
  }

  toggle(opener, open = opener.getAttribute("aria-expanded") !== "true", focus = true) {
    for (const other of this.root.querySelectorAll("[aria-expanded=true]")) {
      other.setAttribute("aria-expanded", "false");
      this.root.querySelector(`#${other.getAttribute("aria-controls")}`).hidden = true;
    }
    opener.setAttribute("aria-expanded", String(open));
    const part = this.root.querySelector(`#${opener.getAttribute("aria-controls")}`);
    part.hidden = !open;
    if (focus && open) part.querySelector("button, input, textarea")?.focus();
    else if (focus) opener.focus();
  }

  /** Escape: close what is open. @returns {boolean} whether there was something */
  escape() {
    const opener = this.root.querySelector("[aria-expanded=true]");
    if (opener) this.toggle(opener, false);
    return Boolean(opener);
  }

  /** What is written next corrects this note; "" for none. @param {string} id */
  correct(id) {
    const { corrects, text } = this.root.querySelector("#note-form").elements;
    corrects.value = id;
    this.drafts.keep(this.id, "corrects", id);
    this.showCorrects();
    text.focus();
  }

  showCorrects() {
    const id = this.root.querySelector("#note-form")?.elements.corrects.value;
    if (id === undefined) return;
    const said = this.root.querySelector("[data-part=corrects]");
    const note = id && this.root.querySelector(`[data-corrects="${CSS.escape(id)}"]`);
    said.hidden = !note;
    if (note) say(said.firstElementChild, fill(gettext("Corrects: “%(text)s”"), { text: note.dataset.text }));
  }

  /** Clocks that still run: what is due turns amber at half its term and red past it. */
  tick() {
    for (const clock of this.root.querySelectorAll("[data-since]")) {
      const seconds = this.clock.since(clock.dataset.since);
      say(clock, `${age(seconds)}…`);
      const due = Number(clock.dataset.dueS);
      if (due) clock.parentElement.className = seconds > due ? "overdue" : seconds > due / 2 ? "due" : "";
    }
    for (const clock of this.root.querySelectorAll("[data-after-s]")) say(clock, `+${age(Number(clock.dataset.afterS))}`);
  }
}
