/** A joystick (Gamepad API): first stick or axes pan and tilt, the next axis zooms, the first button stops. */

const DEAD = 0.12;

/** Nothing near the middle, finer near it than far out. @param {number} value */
export function eased(value) {
  const size = Math.abs(value);
  if (size < DEAD) return 0;
  const part = (size - DEAD) / (1 - DEAD);
  return Math.round(Math.sign(value) * part * part * 20) / 20;
}

/** @param {{axes: readonly number[], buttons: readonly {pressed: boolean, value: number}[]}} pad */
export function speedOf({ axes, buttons }) {
  const zoomIn = buttons[7]?.value ?? 0;
  const zoomOut = buttons[6]?.value ?? 0;
  return { pan: eased(axes[0] ?? 0), tilt: eased(-(axes[1] ?? 0)), zoom: eased(zoomIn - zoomOut || -(axes[3] ?? axes[2] ?? 0)) };
}

export class Pad {
  /** @param {import("./line.js").Line} line */
  constructor(line) {
    Object.assign(this, { line, moving: false });
    this.turn = this.turn.bind(this);
    this.frame = requestAnimationFrame(this.turn);
  }

  close() {
    cancelAnimationFrame(this.frame);
  }

  turn() {
    this.frame = requestAnimationFrame(this.turn);
    const pad = navigator.getGamepads?.().find((one) => one?.connected);
    if (!pad || document.hidden) {
      if (this.moving) this.line.stop();
      this.moving = false;
      return;
    }
    if (pad.buttons[0]?.pressed) {
      if (this.moving) this.line.halt();
      this.moving = false;
      return;
    }
    const speed = speedOf(pad);
    const moves = Boolean(speed.pan || speed.tilt || speed.zoom);
    if (moves || this.moving) this.line.move(speed);
    this.moving = moves;
  }
}
