/** The WebSocket to the log: says what the page has, gets what follows, comes back by itself. */
import * as machine from "./linkstate.js";

const SEEN_EVERY = 300;
const TURN = 250;

export class Link {
  /**
   * @param {object} options
   * @param {string} options.url WebSocket path; may already carry a query
   * @param {string} options.stateUrl the snapshot, for polling and for "reload"
   * @param {() => number} options.last last line of the log the page has
   * @param {import("./clock.js").ServerClock} options.clock
   * @param {(message: any) => void} options.onMessage hello, facts, moved, presence
   * @param {(snapshot: any) => void} options.onSnapshot
   * @param {(view: ReturnType<typeof machine.view>) => void} options.onView
   * @param {(why: string) => void} options.onEnd
   * @param {number} [options.pingEvery]
   */
  constructor(options) {
    this.options = options;
    this.now = options.clock.monotonic;
    this.model = machine.start(this.now());
    this.socket = null;
    this.pings = new Map();
    this.count = 0;
    this.pingDue = 0;
    this.toAck = 0;
    this.acked = 0;
    this.ackDue = 0;
    this.lookingAt = null;
    this.fetching = false;
    this.hasWhole = false;
    this.wholeDue = 0;
    this.begin();
    this.timer = setInterval(() => this.turn(), TURN);
    globalThis.addEventListener?.("online", () => this.hurry());
    globalThis.document?.addEventListener("visibilitychange", () => this.turn());
  }

  /** The snapshot first: the socket then brings what follows it, not the whole log. */
  async begin() {
    await this.snapshot();
    if (this.model.phase === "connecting" && !this.socket) this.connect();
  }

  connect() {
    const { url, last } = this.options;
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    if (this.hasWhole) address.searchParams.set("after", String(last())); // 0 too: the log of a new centre is empty
    const socket = new WebSocket(address);
    this.socket = socket;
    this.pings.clear();
    socket.onopen = () => {
      this.model = machine.opened(this.model, this.now());
      this.pingDue = 0;
      this.lookAt(this.lookingAt);
      this.turn();
    };
    socket.onmessage = (event) => this.hear(socket, JSON.parse(event.data));
    socket.onclose = (event) => this.close(socket, event.code);
  }

  hear(socket, message) {
    if (socket !== this.socket) return;
    const now = this.now();
    if (message.type === "pong") {
      const sentAt = this.pings.get(message.n) ?? now;
      this.pings.clear();
      this.model = machine.ponged(this.model, sentAt, now);
      this.options.clock.learn(message.now, sentAt, now);
    } else {
      this.model = machine.heard(this.model, now);
    }
    if (message.type === "reload") this.snapshot();
    else if (message.type !== "pong") this.options.onMessage(message);
    if (message.type === "facts") this.toAck = Math.max(this.toAck, message.last);
    this.show();
  }

  close(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.model = machine.closed(this.model, code, this.now(), Math.random());
    if (this.model.ended) this.options.onEnd(this.model.ended);
    this.show();
  }

  /** One look at the time: ping, acknowledge, connect again, poll. */
  turn() {
    const now = this.now();
    const { link, connect, drop, poll } = machine.due(this.model, now);
    this.model = link;
    if (drop) {
      const silent = this.socket;
      this.close(silent, 4000);
      silent?.close();
    }
    if (connect) this.connect();
    const noWhole = !this.hasWhole && now >= this.wholeDue;
    if (poll || noWhole) {
      this.wholeDue = now + machine.POLL_EVERY;
      this.snapshot();
    }
    if (this.socket?.readyState === WebSocket.OPEN) {
      if (now >= this.pingDue) {
        this.pingDue = now + (this.options.pingEvery ?? machine.PING_EVERY);
        this.pings.set(++this.count, now);
        this.send({ type: "ping", n: this.count });
      }
      if (this.toAck > this.acked && now >= this.ackDue) {
        this.ackDue = now + SEEN_EVERY;
        this.acked = this.toAck;
        this.send({ type: "seen", id: this.acked });
      }
    }
    this.show();
  }

  /** Fetch the snapshot; a page of sign-in instead of JSON means the session is over. */
  async snapshot() {
    if (this.fetching) return;
    this.fetching = true;
    const sentAt = this.now();
    try {
      const answer = await fetch(this.options.stateUrl, {
        headers: { Accept: "application/json" }, signal: AbortSignal.timeout(5000),
      });
      if (answer.status === 401 || (answer.redirected && !answer.headers.get("Content-Type")?.includes("json"))) {
        this.model = machine.closed(this.model, 4401, this.now(), 0);
        this.options.onEnd("signed-out");
        return;
      }
      if (!answer.ok) return;
      const snapshot = await answer.json();
      this.options.clock.learn(snapshot.now, sentAt);
      this.model = machine.polled(this.model, this.now());
      this.hasWhole = true;
      this.options.onSnapshot(snapshot);
    } catch {
      // The bar already says the link is lost; the next turn tries again.
    } finally {
      this.fetching = false;
      this.show();
    }
  }

  /** The network is back, or a person asks: do not wait for the back-off. */
  hurry() {
    if (this.model.phase === "waiting") this.model = { ...this.model, retryAt: this.now() };
    this.turn();
  }

  /** @param {number | null} incidentId */
  lookAt(incidentId) {
    this.lookingAt = incidentId;
    this.send({ type: "looking_at", incident_id: incidentId });
  }

  /** @returns {boolean} whether it left */
  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  show() {
    this.options.onView(machine.view(this.model, this.now()));
  }
}
