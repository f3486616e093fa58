/** The incident on the right: rendered by the server, kept in place here (draft, focus, scroll, open parts). */
import { el, say } from "./elements.js";
import { age, time } from "./format.js";
import { nature } from "./card.js";
import { fill, gettext } from "./words.js";

const GAP = 2000;

export class Panel {
  /**
   * @param {HTMLElement} root
   * @param {{clock: import("./clock.js").ServerClock, urlOf: (id: number) => string, onGo: (key: string) => void}} options
   */
  constructor(root, { clock, urlOf, onGo }) {
    Object.assign(this, { root, clock, urlOf, onGo });
    this.nothing = root.querySelector("[data-part=nothing]");
    this.id = null;
    this.alertId = null;
    this.drafts = new Map();
    this.loadedAt = -Infinity;
    this.failed = false;
    root.addEventListener("htmx:beforeSwap", (event) => this.beforeSwap(event));
    root.addEventListener("htmx:afterSwap", () => this.afterSwap());
    for (const trouble of ["htmx:sendError", "htmx:timeout"]) root.addEventListener(trouble, () => this.trouble());
    root.addEventListener("input", (event) => this.keepDraft(event.target));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form?.requestSubmit();
    });
  }

  get writing() {
    return [...(this.drafts.get(this.id)?.values() ?? [])].some((text) => text.trim() !== "");
  }

  /** @param {number} id */
  open(id) {
    if (this.id === id) return;
    this.leave();
    this.id = id;
    this.alertId = null;
    this.root.setAttribute("aria-busy", "true");
    this.load();
  }

  load() {
    clearTimeout(this.timer);
    this.timer = null;
    this.loadedAt = performance.now();
    globalThis.htmx.ajax("GET", this.urlOf(this.id), { source: this.root, target: this.root, swap: "innerHTML" });
  }

  /** Something about this incident changed: read it again, at most once in two seconds. */
  refresh() {
    if (this.id === null || this.timer) return;
    const wait = Math.max(0, this.loadedAt + GAP - performance.now());
    this.timer = setTimeout(() => this.load(), wait);
  }

  /** @param {string} act @param {Record<string, string>} [values] */
  post(act, values = {}) {
    globalThis.htmx.ajax("POST", `${this.urlOf(this.id)}${act}`, { source: this.root, target: this.root, swap: "innerHTML", values });
  }

  /** An alert that has no incident yet: what is known is shown at once. @param {any} alert */
  showAlert(alert) {
    this.leave();
    this.id = null;
    this.alertId = alert.alert_id;
    this.root.replaceChildren(el("div", { class: "inc" },
      el("p", { class: "row" }, el("span", { class: `tag p${alert.priority}` }, fill(gettext("Priority %(n)s"), { n: alert.priority })),
        el("span", { class: "hint" }, alert.number)),
      el("h2", { class: "title" }, alert.place_label),
      el("p", null, [nature(alert), alert.address, fill(gettext("received %(time)s"), { time: time(alert.received_at) })].filter(Boolean).join(" · ")),
      el("p", { class: "hint" }, gettext("Its incident is being opened…"))));
  }

  clear() {
    this.leave();
    this.id = this.alertId = null;
    this.root.replaceChildren(this.nothing);
  }

  leave() {
    clearTimeout(this.timer);
    this.timer = null;
    this.root.scrollTop = 0;
  }

  /** Refusals come with the panel that explains them; an answer about another incident came too late. */
  beforeSwap(event) {
    const { xhr, requestConfig } = event.detail;
    const about = Number(/incidents\/(\d+)\//.exec(requestConfig?.path ?? "")?.[1]);
    const panel = xhr.getResponseHeader("Content-Type")?.includes("html") && xhr.responseText.includes("data-incident=");
    event.detail.shouldSwap = about === this.id && panel;
    event.detail.isError = !panel;
    if (about === this.id && !panel) this.trouble(xhr.status);
    if (!event.detail.shouldSwap) return;
    this.failed = false;
    if (requestConfig.verb === "post") {
      this.loadedAt = performance.now();
      const form = requestConfig.elt?.closest?.("form");
      if (xhr.status < 300 && form?.dataset.clears) this.drafts.get(this.id)?.delete(form.dataset.clears);
    }
    const focused = this.root.contains(document.activeElement) ? document.activeElement : null;
    this.before = {
      id: this.root.querySelector("[data-incident]")?.dataset.incident,
      scroll: this.root.scrollTop,
      focus: focused?.id || focused?.closest("[id]")?.id,
      caret: focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null,
      open: [...this.root.querySelectorAll("details[open][id], .choices:not([hidden])[id]")].map((part) => part.id),
    };
  }

  afterSwap() {
    this.root.removeAttribute("aria-busy");
    const { before } = this;
    for (const [name, text] of this.drafts.get(this.id) ?? []) {
      const field = this.root.querySelector(`[data-draft="${name}"]`);
      if (field) field.value = text;
    }
    if (before?.id === String(this.id)) {
      for (const id of before.open) {
        const part = this.root.querySelector(`#${CSS.escape(id)}`);
        if (part?.tagName === "DETAILS") part.open = true;
      }
      this.root.scrollTop = before.scroll;
      const focus = before.focus && this.root.querySelector(`#${CSS.escape(before.focus)}`);
      focus?.focus({ preventScroll: true });
      if (before.caret && focus?.setSelectionRange && before.caret[0] !== null) focus.setSelectionRange(...before.caret);
    }
    const steps = [...this.root.querySelectorAll(".steps > li")];
    const progress = this.root.querySelector("[data-part=progress]");
    if (progress) say(progress, `${steps.filter((step) => step.classList.contains("done")).length} / ${steps.length}`);
    this.tick();
    this.root.dispatchEvent(new Event("nice:panel"));
  }

  /** The server did not answer, or not with a panel: said in place, and what was there stays readable. */
  trouble(status = 0) {
    this.root.removeAttribute("aria-busy");
    if (this.failed) return;
    this.failed = true;
    const words = {
      0: gettext("The centre does not answer. Nothing was recorded by this act."),
      404: gettext("This incident cannot be read: it does not exist or is not yours to see."),
      503: gettext("The centre cannot write this down right now. Nothing was recorded."),
    }[status] ?? fill(gettext("The centre refused (%(status)s)."), { status });
    this.root.prepend(el("div", { class: "notice refused", role: "alert" }, el("p", null, words),
      el("p", null, el("button", { type: "button", class: "btn", "data-retry": true }, gettext("Read again")))));
  }

  keepDraft(field) {
    const name = field.dataset?.draft;
    if (!name || this.id === null) return;
    if (!this.drafts.has(this.id)) this.drafts.set(this.id, new Map());
    this.drafts.get(this.id).set(name, field.value);
  }

  /** Acts with a choice open it in place; a note can be corrected by a new one. */
  click(event) {
    const opener = event.target.closest("[aria-controls]");
    if (opener && this.root.contains(opener)) this.toggle(opener);
    if (event.target.closest("[data-retry]")) this.load();
    if (event.target.closest("[data-dismiss]")) event.target.closest(".notice").remove();
    const go = event.target.closest("[data-go]");
    if (go) {
      event.preventDefault();
      this.onGo(go.dataset.go);
    }
    const correct = event.target.closest("[data-corrects]");
    if (correct) this.correct(correct.dataset.corrects, correct.dataset.text);
  }

  toggle(opener, open = opener.getAttribute("aria-expanded") !== "true") {
    for (const other of this.root.querySelectorAll("[aria-expanded=true]")) {
      other.setAttribute("aria-expanded", "false");
      this.root.querySelector(`#${other.getAttribute("aria-controls")}`).hidden = true;
    }
    opener.setAttribute("aria-expanded", String(open));
    const part = this.root.querySelector(`#${opener.getAttribute("aria-controls")}`);
    part.hidden = !open;
    if (open) part.querySelector("button, input, textarea")?.focus();
    else opener.focus();
  }

  /** Escape: close what is open. @returns {boolean} whether there was something */
  escape() {
    const opener = this.root.querySelector("[aria-expanded=true]");
    if (opener) this.toggle(opener, false);
    return Boolean(opener);
  }

  correct(id, text) {
    const form = this.root.querySelector("#note-form");
    if (!form) return;
    form.elements.corrects.value = id;
    const note = form.querySelector("[data-part=corrects]");
    note.hidden = false;
    say(note, fill(gettext("Corrects: “%(text)s”"), { text: text.slice(0, 60) }));
    form.elements.text.focus();
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
