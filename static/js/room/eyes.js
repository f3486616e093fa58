/** Whose eyes are free: since when the operator has been at rest, and what may come forward by itself. */
import { comesForward } from "./select.js";

export class Eyes {
  touchedAt = -Infinity;
  chosenAt = -Infinity;

  constructor() {
    document.addEventListener("pointerdown", () => this.touch(), { capture: true });
  }

  /** Any key, any act: somebody works here. */
  touch() {
    this.touchedAt = performance.now();
  }

  chose() {
    this.chosenAt = performance.now();
  }

  /**
   * @param {import("./order.js").Card | undefined} card
   * @param {{selected: any, viewLocked: boolean, writing: boolean}} now
   */
  mayGoTo(card, now) {
    const untouchedFor = performance.now() - Math.max(this.touchedAt, this.chosenAt);
    return card !== undefined && comesForward({ priority: card.priority, untouchedFor, ...now });
  }
}
