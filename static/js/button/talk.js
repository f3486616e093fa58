// The text exchange with the centre. What was typed stands there at once, marked until the centre has it.

import { $ } from "./screens.js";
import { clock, t } from "./words.js";

export class Talk {
  #pending = new Map();
  #lines = [];
  #path = null;

  constructor(outbox) {
    this.outbox = outbox;
    $("talk").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send($("say").value);
      $("say").value = "";
    });
    for (const button of $("quick").querySelectorAll("button")) {
      button.addEventListener("click", () => this.#send(button.textContent));
    }
    outbox.addEventListener("sent", ({ detail }) => this.#settle(detail.item, detail.answer));
    outbox.addEventListener("refused", ({ detail }) => this.#fail(detail.item));
    document.addEventListener("language", () => this.#write());
  }

  /** The exchange of this alert, null for none. */
  open(path) {
    if (path === this.#path) return;
    this.#path = path;
    this.#pending.clear();
    this.#lines = [];
    $("talk").hidden = path === null;
    this.#write();
  }

  /** Lines as the centre has them; true when one of the centre is new. */
  show(lines) {
    const known = new Set(this.#lines.map((line) => line.id));
    const news = lines.some((line) => line.from_centre && !known.has(line.id));
    if (lines.length !== this.#lines.length) {
      this.#lines = lines;
      this.#write();
    }
    return news;
  }

  /** Nothing can be said any more; what was said stays to be read. */
  end() {
    $("quick").hidden = true;
    $("say").parentElement.hidden = true;
    $("talk").hidden = this.#lines.length === 0;
  }

  begin() {
    $("quick").hidden = false;
    $("say").parentElement.hidden = false;
  }

  async #send(text) {
    if (!text.trim() || !this.#path) return;
    const item = await this.outbox.add({ kind: "talk", path: this.#path, body: { text: text.trim() } });
    this.#pending.set(item.key, { text: text.trim(), state: "talk_pending" });
    this.#write();
  }

  #settle(item, answer) {
    if (item.kind !== "talk" || item.path !== this.#path) return;
    this.#pending.delete(item.key);
    if (!this.#lines.some((line) => line.id === answer.id)) this.#lines = [...this.#lines, answer];
    this.#write();
  }

  #fail(item) {
    const line = this.#pending.get(item.key);
    if (line) line.state = "talk_failed";
    this.#write();
  }

  #write() {
    const nodes = this.#lines.map((line) => bubble(line.text, line.from_centre, clock(line.at)));
    for (const line of this.#pending.values()) nodes.push(bubble(line.text, false, t(line.state), line.state));
    $("lines").replaceChildren(...nodes);
    $("lines").lastElementChild?.scrollIntoView({ block: "nearest" });
  }
}

function bubble(text, fromCentre, note, state = "") {
  const node = document.createElement("li");
  node.className = fromCentre ? "theirs" : `ours ${state}`;
  const said = document.createElement("p");
  said.textContent = text;
  const when = document.createElement("small");
  when.textContent = `${t(fromCentre ? "talk_centre" : "talk_you")} · ${note}`;
  node.append(said, when);
  return node;
}
