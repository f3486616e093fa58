/** Tells the centre which alerts this screen has really drawn (law Q-01): once each, and only what somebody could see. */
import { isWaiting } from "./store.js";

const AT_MOST = 100;

export class Shown {
  /**
   * @param {object} does
   * @param {(alertIds: number[]) => boolean} does.send false when the link is away: said later
   * @param {(key: string) => boolean} does.inView is this card drawn where the eye can reach it?
   */
  constructor({ send, inView }) {
    Object.assign(this, { send, inView, said: new Set(), waiting: new Set(), home: new Map(), due: false });
    globalThis.document?.addEventListener?.("visibilitychange", () => this.look());
  }

  /** @param {import("./store.js").State} state as it has just been drawn */
  drawn({ incidents, alerts, home }) {
    this.home = home;
    const open = [...alerts.values()].map((alert) => [alert, [alert.alert_id]]);
    for (const incident of incidents.values()) open.push([incident, incident.alert_ids]);
    for (const [row, ids] of open) {
      if (isWaiting(row)) for (const id of ids) if (!this.said.has(id)) this.waiting.add(id);
    }
    this.look();
  }

  /** Once the frame is on the screen, and as often as a card may have come into view. */
  look() {
    if (this.due || this.waiting.size === 0 || globalThis.document?.hidden) return;
    this.due = true;
    requestAnimationFrame(() => setTimeout(() => this.tell(), 0));
  }

  tell() {
    this.due = false;
    if (globalThis.document?.hidden) return;
    const key = (id) => (this.home.has(id) ? `i${this.home.get(id)}` : `a${id}`);
    const seen = [...this.waiting].filter((id) => this.inView(key(id)));
    for (let from = 0; from < seen.length; from += AT_MOST) {
      const batch = seen.slice(from, from + AT_MOST);
      if (!this.send(batch)) return;
      for (const id of batch) {
        this.said.add(id);
        this.waiting.delete(id);
      }
    }
  }
}
