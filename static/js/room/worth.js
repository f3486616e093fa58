/** What an empty queue proposes to do: asked when the queue empties, then every few minutes while it stays so. */
import { el } from "./elements.js";
import { gettext } from "./words.js";

const EVERY = 5 * 60 * 1000;

export class Worth {
  /**
   * @param {HTMLElement} root inside the part of the queue that shows while nobody calls
   * @param {{url: string, onCommand: (text: string) => void}} options
   */
  constructor(root, { url, onCommand }) {
    Object.assign(this, { root, url, onCommand });
    this.asked = -Infinity;
    new IntersectionObserver(([seen]) => {
      this.seen = seen.isIntersecting;
      this.ask();
    }).observe(root);
    setInterval(() => this.ask(), EVERY / 5);
  }

  async ask() {
    if (!this.seen || document.hidden || performance.now() - this.asked < EVERY) return;
    this.asked = performance.now();
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      this.show((await answer.json()).lines);
    } catch {
      // The link is away, which the bar says: what is there stays until the next time.
    }
  }

  /** @param {{kind: string, label: string, url: string, command: string}[]} lines */
  show(lines) {
    const items = lines.map(({ kind, label, url, command }) => el("li", { "data-kind": kind }, url
      ? el("a", { href: url }, label)
      : el("button", { type: "button", class: "as-link", onclick: () => this.onCommand(command) }, label)));
    this.root.replaceChildren(...(items.length
      ? [el("h3", { class: "overline" }, gettext("Worth doing now")), el("ul", null, ...items)]
      : [el("p", { class: "hint" }, gettext("Nothing is waiting to be done."))]));
  }
}
