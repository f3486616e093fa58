/**
 * Who steers the view: the alerts, until a hand moves the map; then the hand, until it lets go.
 * While locked, a new focus is remembered and drawn, and the map stays where the hand left it.
 */
export class ViewLock extends EventTarget {
  locked = false;
  /** @type {unknown} what the view returns to */
  goal = null;

  /** A gesture by the user. */
  gesture() {
    if (this.locked) return;
    this.locked = true;
    this.dispatchEvent(new Event('locked'));
  }

  /**
   * @param {unknown} goal
   * @returns {boolean} whether the map may move there now
   */
  aim(goal) {
    this.goal = goal;
    return !this.locked;
  }

  /** Nothing to look at any more; the lock stays as it is. */
  drop() {
    this.goal = null;
  }

  /**
   * Lets the alerts steer again.
   * @returns {unknown} where to go back to, or null
   */
  release() {
    if (this.locked) {
      this.locked = false;
      this.dispatchEvent(new Event('unlocked'));
    }
    return this.goal;
  }
}
