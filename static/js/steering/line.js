/** The line to one camera's head: moves go out numbered, what came of them comes back with how long it took. */
import { fill, gettext } from "../room/words.js";

const AGAIN = 1500;
const RENEW = 200;

/**
 * What a line says. `failed` and `refused` are words; `held` is until when.
 * @typedef {{onReady: () => void, onDone: (done: any) => void, onWrong: (words: string, code: string) => void, onWell: () => void}} Listener
 */

export class Line {
  /** @param {{code: string, token: () => string, cause: () => string} & Listener} options */
  constructor({ code, token, cause, ...listener }) {
    Object.assign(this, { code, token, cause, listener, n: 0, ready: false, closed: false, speed: null });
    this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/ws/steer/${encodeURIComponent(this.code)}/`);
    this.socket.onopen = () => this.look();
    this.socket.onmessage = ({ data }) => this.hear(JSON.parse(data));
    this.socket.onclose = ({ code }) => {
      this.ready = false;
      this.letGo();
      if (this.closed || [4401, 4403].includes(code)) return;
      this.listener.onWrong(gettext("The line to the centre is cut: the camera has stopped."), "cut");
      this.again = setTimeout(() => this.connect(), AGAIN);
    };
  }

  close() {
    this.closed = true;
    clearTimeout(this.again);
    this.stop();
    this.socket.close();
  }

  look() {
    this.told = this.token();
    this.say({ type: "look", token: this.told, cause: this.cause() });
  }

  /** @param {any} message */
  hear(message) {
    if (message.type === "ready") {
      this.ready = true;
      this.listener.onReady();
    } else if (message.type === "done") {
      if (message.n) this.listener.onWell();
      this.listener.onDone(message);
    } else if (message.type === "failed") {
      this.letGo();
      this.listener.onWrong(fill(gettext("%(camera)s: %(why)s."), { camera: this.code, why: message.title }), message.code);
    } else if (message.type === "refused") {
      this.letGo();
      this.listener.onWrong([message.title, message.detail, message.what_to_do].filter(Boolean).join(" "), message.code);
    }
  }

  /**
   * Keep moving at this speed, until told otherwise; said again while it lasts, so that the head stops by itself
   * when this page no longer does. @param {{pan: number, tilt: number, zoom: number}} speed
   */
  move(speed) {
    if (!speed.pan && !speed.tilt && !speed.zoom) {
      this.stop();
      return;
    }
    const same = this.speed && ["pan", "tilt", "zoom"].every((axis) => this.speed[axis] === speed[axis]);
    this.speed = speed;
    if (!same) this.tell({ type: "move", ...speed });
    this.renewing ??= setInterval(() => this.speed && this.tell({ type: "move", ...this.speed }), RENEW);
  }

  stop() {
    if (!this.speed) return;
    this.letGo();
    this.tell({ type: "stop" });
  }

  /** Space: whatever it does, it stops. */
  halt() {
    this.letGo();
    this.tell({ type: "stop" });
  }

  /** Bring (x, y), shares of the picture from its middle, to the middle; `width` of it wide. */
  centre(x, y, width = 1) {
    this.letGo();
    this.tell({ type: "centre", x, y, width });
  }

  letGo() {
    clearInterval(this.renewing);
    this.renewing = null;
    this.speed = null;
  }

  tell(message) {
    if (!this.ready) {
      this.listener.onWrong(gettext("Not connected to the camera yet."), "not-ready");
      return;
    }
    if (this.told !== this.token()) this.look();
    this.n += 1;
    this.say({ ...message, n: this.n });
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
