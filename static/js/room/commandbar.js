/** The command bar: an ARIA combobox over commands.js, with addresses and sites from the server. */
import { asksServer, foundThere, parse, propose } from "./commands.js";
import { el, mark } from "./elements.js";
import { day } from "./format.js";
import { gettext } from "./words.js";

const ASK_AFTER = 160;

export class CommandBar {
  /**
   * @param {HTMLElement} root
   * @param {{searchUrl: string, known: () => {cards: any[], cameras: any[]}, onRun: (proposal: any) => void}} options
   */
  constructor(root, { searchUrl, known, onRun }) {
    Object.assign(this, { root, searchUrl, known, onRun });
    this.input = /** @type {HTMLInputElement} */ (root.querySelector("input"));
    this.list = /** @type {HTMLElement} */ (root.querySelector("[role=listbox]"));
    this.proposals = [];
    this.found = [];
    this.active = 0;
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.typed());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.run(Number(option.dataset.index));
    });
  }

  open() {
    this.input.focus();
    this.input.select();
  }

  /** Put words in the bar for the operator to run. @param {string} text */
  propose(text) {
    this.input.value = text;
    this.input.focus();
    this.typed();
  }

  typed() {
    this.active = 0;
    this.found = [];
    this.show();
    clearTimeout(this.timer);
    this.request?.abort();
    if (asksServer(this.input.value)) this.timer = setTimeout(() => this.ask(this.input.value), ASK_AFTER);
  }

  async ask(text) {
    this.request = new AbortController();
    try {
      const url = new URL(this.searchUrl, location.href);
      url.searchParams.set("q", asksServer(text));
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || text !== this.input.value) return;
      const { results } = await answer.json();
      this.found = foundThere(results, { verb: parse(text).verb, cards: this.known().cards, day });
      this.show();
    } catch {
      // Aborted by the next letter, or the link is away: what the page knows itself is proposed all the same.
    }
  }

  show() {
    this.proposals = [...propose(this.input.value, this.known()), ...this.found];
    this.active = Math.min(this.active, Math.max(0, this.proposals.length - 1));
    const options = this.proposals.map(({ label, hint }, index) =>
      el("li", { role: "option", id: `command-${index}`, "data-index": index, "aria-selected": index === this.active ? "true" : "false" },
        el("span", null, label), el("small", null, hint)));
    const nothing = this.input.value.trim() !== "" && options.length === 0;
    this.list.replaceChildren(...(nothing
      ? [el("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "none" }, gettext("Nothing has this name or number."))]
      : options));
    this.list.hidden = document.activeElement !== this.input;
    mark(this.input, "aria-expanded", String(!this.list.hidden));
    mark(this.input, "aria-activedescendant", options.length ? `command-${this.active}` : null);
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.list.hidden = true;
    mark(this.input, "aria-expanded", "false");
    mark(this.input, "aria-activedescendant", null);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const count = this.proposals.length || 1;
      this.active = (this.active + step + count) % count;
      this.show();
    } else if (event.key === "Enter" || (event.key === "Tab" && this.completes(event))) {
      event.preventDefault();
      this.run(this.active);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.input.value = "";
      this.input.blur();
    }
  }

  /** Tab completes a verb that is being typed; in an empty bar it goes on, as everywhere. @param {KeyboardEvent} event */
  completes({ shiftKey }) {
    return !shiftKey && this.input.value !== "" && this.proposals[this.active]?.act === "fill";
  }

  run(index) {
    const proposal = this.proposals[index];
    if (!proposal) return;
    if (proposal.act === "fill") {
      this.input.value = proposal.fillIn;
      this.typed();
      return;
    }
    this.input.value = "";
    this.input.blur();
    this.onRun(proposal);
  }
}
